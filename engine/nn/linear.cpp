// SPDX-License-Identifier: Apache-2.0
// Embedding and linear layers.
#include "engine/nn/backward.h"
#include "engine/nn/ops.h"

namespace vitrine::nn {

Tensor embed(Exec& ex, const Tensor& table, const Tensor& ids, float scale, int padding_row) {
  Tensor out = ex.alloc({ids.numel(), table.size(1)});
  ex.backend().gather_rows({table, ids, out, scale});
  if (ex.tape())
    back_through(ex, out, [table, ids, scale, padding_row](Tape& t, const Tensor& d) {
      t.kernels().gather_rows({.ids = ids, .d_out = d, .d_table = t.grad(table), .scale = scale, .padding_row = padding_row});
    });
  return out;
}

void products(Exec& ex, std::span<const MatmulArgs> group) {
  ex.backend().matmul(group);
  if (!ex.tape()) return;
  for (const MatmulArgs& one : group)
    back_through(ex, one.out, [x = one.x, w = one.w, b = one.bias](Tape& t, const Tensor& d) {
      t.kernels().matmul({.x = x, .w = w, .d_out = d, .dx = t.grad(x), .dw = t.grad(w), .db = t.grad(b)});
    });
}

std::vector<Tensor> linears(Exec& ex, const Tensor& x, std::span<const Linear* const> layers) {
  std::vector<Tensor> outs(layers.size());
  std::vector<MatmulArgs> group;
  group.reserve(layers.size());
  for (size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i]->defined()) continue;
    outs[i] = ex.alloc({x.size(0), layers[i]->w.size(0)});
    group.push_back({x, layers[i]->w, outs[i], layers[i]->b, ex.precision()});
  }
  products(ex, group);
  for (size_t i = 0; i < layers.size(); ++i)
    if (const LowRank* low = layers[i]->addition.get()) {
      const Tensor sum = linear(ex, linear(ex, x, {low->down, {}}), {low->up, {}});
      outs[i] = add(ex, std::move(outs[i]), sum);
    }
  return outs;
}

Tensor linear(Exec& ex, const Tensor& x, const Linear& layer) {
  const Linear* const one[] = {&layer};
  return linears(ex, x, one)[0];
}

}  // namespace vitrine::nn
