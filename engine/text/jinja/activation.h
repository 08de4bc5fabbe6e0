// SPDX-License-Identifier: Apache-2.0
// The variables of one running function of a template.
#pragma once

#include <memory>

#include "engine/text/jinja/ast.h"
#include "engine/text/jinja/objects.h"

namespace vitrine::jinja {

struct Activation : Object {
  Activation(uint32_t count, std::shared_ptr<Activation> outer)
      : slots(count, Value::missing()), parent(std::move(outer)), charge(sizeof(Activation) + count * sizeof(Value)) {}
  ~Activation() override { bury(std::move(slots)); }
  void release() noexcept override { bury(std::move(slots)); }
  Value& at(Ref ref) {
    Activation* a = this;
    for (uint16_t i = 0; i < ref.hops; ++i) a = a->parent.get();
    return a->slots[ref.slot];
  }
  Values slots;
  std::shared_ptr<Activation> parent;
  Charge charge;
};
using ActivationPtr = std::shared_ptr<Activation>;

}  // namespace vitrine::jinja
