// SPDX-License-Identifier: Apache-2.0
// Embedding, linear layers and sums.
#include "engine/nn/ops.h"

namespace vitrine::nn {

Tensor embed(Exec& ex, const Tensor& table, const Tensor& ids, float scale) {
  Tensor out = ex.alloc({ids.numel(), table.size(1)});
  ex.backend().gather_rows({table, ids, out, scale});
  return out;
}

std::vector<Tensor> linears(Exec& ex, const Tensor& x, std::span<const Linear* const> layers) {
  std::vector<Tensor> outs(layers.size());
  std::vector<MatmulArgs> group;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i]->defined()) continue;
    outs[i] = ex.alloc({x.size(0), layers[i]->w.size(0)});
    group.push_back({x, layers[i]->w, outs[i], layers[i]->b, ex.precision()});
  }
  ex.backend().matmul(group);
  for (size_t i = 0; i < layers.size(); ++i)
    if (const LowRank* low = layers[i]->addition.get()) {
      const Tensor sum = linear(ex, linear(ex, x, {low->down, {}}), {low->up, {}});
      ex.backend().add(outs[i], sum, outs[i]);
    }
  return outs;
}

Tensor linear(Exec& ex, const Tensor& x, const Linear& layer) {
  const Linear* const one[] = {&layer};
  return linears(ex, x, one)[0];
}

Tensor add(Exec& ex, const Tensor& a, const Tensor& b) {
  Tensor out = ex.alloc(a.shape());
  ex.backend().add(a, b, out);
  return out;
}

}  // namespace vitrine::nn
