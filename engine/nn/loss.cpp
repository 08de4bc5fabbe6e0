// SPDX-License-Identifier: Apache-2.0
// What training lowers.
#include "engine/nn/backward.h"
#include "engine/nn/ops.h"

namespace vitrine::nn {

Tensor cross_entropy(Exec& ex, const Tensor& logits, const Tensor& labels) {
  Tensor loss = ex.alloc({1});
  ex.backend().gradients().cross_entropy({.logits = logits, .labels = labels, .loss = loss});
  if (ex.tape())
    back_through(ex, loss, [logits, labels](Tape& t, const Tensor& d) {
      t.kernels().cross_entropy({.logits = logits, .labels = labels, .d_loss = d, .d_logits = t.grad(logits)});
    });
  return loss;
}

}  // namespace vitrine::nn
