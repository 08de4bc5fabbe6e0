// SPDX-License-Identifier: Apache-2.0
// The values a template works on, with Python's types: cheap to copy, immutable except namespaces, loops, cyclers and
// joiners. Strings are UTF-8 and count in code points.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/text/jinja/fault.h"
#include "engine/text/jinja/limits.h"

namespace vitrine::jinja {

enum class Kind : uint8_t {
  missing,    // a variable without a value; never seen by a filter
  undefined,  // jinja2's Undefined
  none,
  boolean,
  integer,
  real,
  string,
  list,
  tuple,
  dict,
  view,      // dict.keys(), .values(), .items()
  range,     // range(...)
  iterator,  // a generator: consumed once
  name_space,
  function,  // built-in functions and bound methods
  macro,
  loop,
  cycler,
  joiner,
};

class Value;
class Interpreter;
using Values = std::vector<Value>;

struct Object {
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;
  /// Drops what it refers to, so that values that refer to each other in a circle can go.
  virtual void release() noexcept {}
};

struct Text;
struct Sequence;
class Dict;
struct Undefined;

class Value {
 public:
  Value() = default;
  static Value missing() { return Value(Kind::missing); }
  static Value none() { return Value(); }
  static Value boolean(bool b);
  static Value integer(int64_t i);
  static Value real(double d);
  static Value text(std::string utf8);
  static Value markup(std::string utf8);
  static Value list(Values items);
  static Value tuple(Values items);
  static Value dict(std::shared_ptr<Dict> entries);
  static Value object(Kind kind, std::shared_ptr<Object> object);
  /// Undefined that names a variable: "'x' is undefined".
  static Value undefined_name(std::string name);
  /// Undefined that says why, e.g. "No first item, sequence was empty.".
  static Value undefined_hint(std::string hint);

  Kind kind() const noexcept { return kind_; }
  bool is(Kind kind) const noexcept { return kind_ == kind; }
  bool is_missing() const noexcept { return kind_ == Kind::missing; }
  bool is_undefined() const noexcept { return kind_ == Kind::undefined; }
  bool is_none() const noexcept { return kind_ == Kind::none; }
  bool is_string() const noexcept { return kind_ == Kind::string; }
  bool is_sequence() const noexcept { return kind_ == Kind::list || kind_ == Kind::tuple; }
  /// int or bool, as Python's isinstance(x, int).
  bool is_int() const noexcept { return kind_ == Kind::integer || kind_ == Kind::boolean; }
  bool is_number() const noexcept { return is_int() || kind_ == Kind::real; }
  bool is_markup() const noexcept;

  bool as_bool() const noexcept { return integer_ != 0; }
  int64_t as_int() const noexcept { return integer_; }
  double as_real() const noexcept { return kind_ == Kind::real ? real_ : static_cast<double>(integer_); }
  const std::string& str() const noexcept;  ///< string only
  int64_t length() const noexcept;          ///< code points; string only
  const Values& items() const noexcept;     ///< list and tuple only
  const Dict& entries() const noexcept;     ///< dict only
  const Undefined& why() const noexcept;    ///< undefined only
  const std::shared_ptr<Object>& object() const noexcept { return object_; }
  template <class T>
  T& as() const noexcept {
    return static_cast<T&>(*object_);
  }

 private:
  explicit Value(Kind kind) : kind_(kind) {}
  Kind kind_ = Kind::none;
  union {
    int64_t integer_ = 0;
    double real_;
  };
  std::shared_ptr<Object> object_;
};

struct Text : Object {
  Text(std::string utf8, bool is_markup);
  const std::string bytes;
  const int64_t length;
  const bool markup;
  Charge charge;
};

/// list or tuple.
struct Sequence : Object {
  explicit Sequence(Values values);
  ~Sequence() override;
  Values items;
  std::vector<std::string> names = {};  ///< of a named tuple (groupby), else empty
  Charge charge;
};

struct Undefined : Object {
  std::string hint;
  Value of;               ///< object that lacks the name; missing when there is none
  Value name;             ///< string or any index
  bool security = false;  ///< using it is a SecurityError
};

/// Insertion-ordered hash map over hashable values.
class Dict : public Object {
 public:
  using Entry = std::pair<Value, Value>;
  ~Dict() override;
  const Value* find(const Value& key) const;
  const Value* find(std::string_view key) const;
  void set(const Value& key, Value value);
  void set(std::string_view key, Value value) { set(Value::text(std::string(key)), std::move(value)); }
  const std::vector<Entry>& entries() const noexcept { return entries_; }
  size_t size() const noexcept { return entries_.size(); }
  void clear() noexcept;

 private:
  size_t slot_of(const Value& key, size_t hash) const;
  void rehash(size_t slots);
  std::vector<Entry> entries_;
  std::vector<size_t> hashes_;
  std::vector<uint32_t> table_;  // index + 1; 0 is free
  Charge charge_{sizeof(Dict)};
};

using KeywordArguments = std::vector<std::pair<std::string, Value>>;
struct Arguments {
  Values positional;
  KeywordArguments named;
};

/// Destroys values without recursing once per level of nesting. Every destructor of an object that can be part of a
/// chain of template-made length hands its children here.
void bury(Values&& children) noexcept;

/// Name of the Python type: "str", "int", "NoneType", ...
std::string type_name(const Value& value);
bool truthy(const Value& value);
/// Python's len(); nullopt for what has none.
std::optional<int64_t> length_of(const Value& value);
/// Throws UndefinedError (or SecurityError) with jinja2's message.
[[noreturn]] void fail_undefined(const Value& undefined);
void require_defined(const Value& value);

}  // namespace vitrine::jinja
