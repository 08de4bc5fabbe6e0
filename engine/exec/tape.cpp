// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/tape.h"

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {

void Tape::record(const Tensor& parameter, std::string_view name) {
  if (is_block_format(parameter.dtype()))
    throw Error(ErrorKind::unsupported, cat(name, " is stored as ", dtype_info(parameter.dtype()).name, ", which has no gradient of its own"),
                "open the model in f32, f16 or bf16, or train an adapter beside it");
  VT_CHECK(parameter.dtype() == DType::f32 || parameter.dtype() == DType::f16 || parameter.dtype() == DType::bf16, "parameter ", name, " of type ",
           dtype_info(parameter.dtype()).name);
  parameters_.try_emplace(parameter.storage().get(), Gradient{parameter, {}});
}

void Tape::made(const Tensor& t) {
  if (t.dtype() == DType::f32) made_[t.storage().get()] = t.storage();
}

bool Tape::variable(const Tensor& t) const {
  const auto found = made_.find(t.storage().get());
  return found != made_.end() && found->second.lock() == t.storage();
}

Tape::Gradient* Tape::find(const Tensor& t) {
  if (!t.defined()) return nullptr;
  if (const auto found = parameters_.find(t.storage().get()); found != parameters_.end()) return &found->second;
  const auto found = gradients_.find(t.storage().get());
  return found == gradients_.end() ? nullptr : &found->second;
}

/// The part of a gradient that belongs to `t`.
static Tensor view_of(const Tensor& t, const Tensor& whole) {
  if (t.dtype() == DType::f32 && !t.packed()) return t.same_view_of(whole);
  VT_CHECK(t.numel() == whole.numel(), "gradient of a part of a repacked weight");
  return whole.reshape(t.shape());
}

Tensor Tape::grad(const Tensor& t) {
  Gradient* gradient = find(t);
  if (!gradient) {
    if (!t.defined() || !variable(t)) return {};
    gradient = &gradients_.emplace(t.storage().get(), Gradient{t, {}}).first->second;
  }
  if (!gradient->whole.defined()) {
    const Tensor& owner = gradient->owner;
    const bool plain = owner.dtype() == DType::f32 && !owner.packed();
    gradient->whole = backend_.alloc(plain ? Shape{owner.storage_numel()} : owner.shape(), DType::f32);
    kernels().fill(gradient->whole, 0);
  }
  return view_of(t, gradient->whole);
}

Tensor Tape::reached(const Tensor& t) {
  const Gradient* gradient = find(t);
  return gradient && gradient->whole.defined() ? view_of(t, gradient->whole) : Tensor();
}

void Tape::drop_unreachable() {
  for (auto it = gradients_.begin(); it != gradients_.end();) it = it->second.owner.sole_owner() ? gradients_.erase(it) : std::next(it);
}

void Tape::backward(const Tensor& loss) {
  VT_CHECK(loss.defined() && loss.numel() == 1, "the loss is one number");
  const Tensor seed = grad(loss);
  VT_CHECK(seed.defined(), "the loss was not made under this tape");
  kernels().fill(seed, 1);
  while (!steps_.empty()) {
    {
      const Step step = std::move(steps_.back());
      steps_.pop_back();
      step(*this);
    }                                // what only this step held goes now
    drop_unreachable();
  }
}

}  // namespace vitrine
