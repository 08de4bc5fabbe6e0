// SPDX-License-Identifier: Apache-2.0
// The variable `loop` of a running for loop (jinja2.runtime.LoopContext).
#pragma once

#include <optional>

#include "engine/text/jinja/activation.h"
#include "engine/text/jinja/objects.h"

namespace vitrine::jinja {

struct Loop : Object {
  Loop(Value iterable, std::shared_ptr<Iterator> iterator);
  ~Loop() override { release(); }
  void release() noexcept override;

  bool next(Value& out);
  int64_t length();
  bool last();
  /// index, first, previtem, ...; nullopt for a name that a loop does not have.
  std::optional<Value> attribute(const Value& self, const std::string& name);

  int64_t index0 = -1;
  int depth0 = 0;
  const For* node = nullptr;  ///< of a recursive loop
  ActivationPtr closure;

 private:
  bool peek();
  Value iterable_;
  std::shared_ptr<Iterator> iterator_;
  std::optional<int64_t> length_;
  std::optional<Value> after_, last_changed_;
  Value current_, before_;
};

}  // namespace vitrine::jinja
