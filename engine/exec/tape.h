// SPDX-License-Identifier: Apache-2.0
// What the forward pass leaves for the backward one: each op pushes a step that adds to the gradients of its inputs from that of its output.
// Gradients lie beside the bytes they belong to: the gradient of a view is the same view of the gradient of its storage, so slices and
// reshapes need no steps. A tensor has a gradient when it is a recorded parameter or was made under this tape; what was uploaded is a constant.
// An op that works in place needs only that nobody asks for the value it overwrites.
#pragma once

#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/gradient_kernels.h"

namespace vitrine {

class VT_API Tape {
 public:
  using Step = std::function<void(Tape&)>;

  explicit Tape(Backend& backend) : backend_(backend) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  Backend& backend() const noexcept { return backend_; }
  GradientKernels& kernels() const noexcept { return backend_.gradients(); }

  /// d(loss)/d(parameter) is wanted, in f32 whatever its own format. Throws Error unsupported naming it when it is stored in blocks:
  /// gradients flow through such weights, but there is nothing to add a step to.
  void record(const Tensor& parameter, std::string_view name);
  /// A tensor that an op makes under this tape.
  void made(const Tensor& t);

  void push(Step step) { steps_.push_back(std::move(step)); }

  /// d(loss)/d(t), zeros at first; undefined for constants.
  Tensor grad(const Tensor& t);
  /// The same when something was added to it; undefined: the loss does not depend on t.
  Tensor reached(const Tensor& t);

  /// Runs the steps backwards from d(loss)/d(loss) = 1, loss [1]. Once a tape; gradients nobody can ask for any more are dropped on the way.
  void backward(const Tensor& loss);

 private:
  struct Gradient {
    Tensor owner;                    // keeps the storage, and so its address, alive
    Tensor whole;                    // f32, of the whole storage; of `owner`'s shape where that is repacked or not f32
  };
  Gradient* find(const Tensor& t);
  bool variable(const Tensor& t) const;
  void drop_unreachable();

  Backend& backend_;
  std::vector<Step> steps_;
  std::map<const void*, std::weak_ptr<Storage>> made_;
  std::map<const void*, Gradient> parameters_, gradients_;
};

}  // namespace vitrine
