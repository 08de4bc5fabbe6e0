// SPDX-License-Identifier: Apache-2.0
// The recurrent block of Griffin and RecurrentGemma: convolution and real-gated linear recurrent unit.
#include "engine/nn/state_ops.h"

namespace vitrine::nn {

/// Block-diagonal: head h maps its own columns.
static Tensor gate_of(Exec& ex, const Tensor& x, const std::vector<Linear>& heads) {
  Tensor out = ex.alloc(x.shape());
  const int64_t width = x.size(1) / int64_t(heads.size());
  std::vector<MatmulArgs> group;
  for (size_t h = 0; h < heads.size(); ++h) {
    const int64_t from = int64_t(h) * width;
    group.push_back({x.slice(1, from, from + width), heads[h].w, out.slice(1, from, from + width), heads[h].b, ex.precision()});
  }
  ex.backend().matmul(group);
  return out;
}

Tensor rg_lru(Exec& ex, const Tensor& x, const Batch& batch, const RgLruWeights& weights, const Activation& activation, StatePlace& place) {
  const Linear* const layers[] = {&weights.x, &weights.gate};
  std::vector<Tensor> parts = linears(ex, x, layers);                  // [rows, width]
  Tensor &u = parts[0], &branch = parts[1];
  ex.backend().activate(branch, activation, branch);
  ex.tap(Site::conv_in, u);
  ex.tap(Site::ssm_gate, branch);
  u = causal_conv(ex, u, weights.conv, place, 0, Activation::identity);
  ex.tap(Site::ssm_in, u);
  Tensor input = gate_of(ex, u, weights.input_gate), recurrence = gate_of(ex, u, weights.recurrence_gate);
  ex.tap(Site::ssm_write, input);
  ex.tap(Site::ssm_decay, recurrence);
  Tensor y = ex.alloc(u.shape());
  scan(ex, batch, place.slots[1], [&](std::span<const StateRun> runs, const Tensor& states, bool hold) {
    if (hold) return ex.backend().copy(runs[0].before, y.slice(0, runs[0].first_row, runs[0].first_row + 1));
    ex.backend().rg_lru({.x = u, .input_gate = input, .recurrence_gate = recurrence, .decay = weights.decay, .out = y, .runs = runs});
    if (states.defined()) ex.backend().copy(y, states.reshape(y.shape()));  // its output is its state
  });
  ex.tap(Site::ssm_out, y);
  Tensor gated = ex.alloc(y.shape());
  ex.backend().multiply(y, branch, gated);
  return linear(ex, gated, weights.out);
}

}  // namespace vitrine::nn
