// SPDX-License-Identifier: Apache-2.0
// The objects behind the less common kinds of values: views of dicts, ranges, generators, namespaces, functions.
#pragma once

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

enum class ViewKind : uint8_t { keys, values, items };
struct View : Object {
  std::shared_ptr<Object> dict;
  ViewKind what = ViewKind::keys;
  const Dict& entries() const { return static_cast<const Dict&>(*dict); }
};

struct Range : Object {
  int64_t start = 0, stop = 0, step = 1;
  int64_t size() const noexcept;
};

/// Something that yields values one by one; also the value a generator is.
struct Iterator : Object {
  std::string type = "generator";  ///< for messages and repr
  /// False at the end.
  virtual bool next(Value& out) = 0;
};

struct NameSpace : Object {
  NameSpace() : attributes(std::make_shared<Dict>()) {}
  void release() noexcept override { attributes->clear(); }
  std::shared_ptr<Dict> attributes;
};

struct Function : Object {
  std::string name;  ///< as in repr
  std::function<Value(Interpreter&, Arguments&)> call;
};
Value make_function(std::string name, std::function<Value(Interpreter&, Arguments&)> call);

struct Cycler : Object {
  ~Cycler() override;
  Values items;
  size_t position = 0;
};
struct Joiner : Object {
  ~Joiner() override;
  Value separator;
  bool used = false;
};

}  // namespace vitrine::jinja
