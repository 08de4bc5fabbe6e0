// SPDX-License-Identifier: Apache-2.0
// The recurrent block of Griffin and RecurrentGemma: convolution and real-gated linear recurrent unit.
#include "engine/nn/scan_back.h"
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
  products(ex, group);
  return out;
}

static void rg_lru_back(Exec& ex, const RgLruArgs& args, const Tensor& states) {
  scan_back(ex, args.out, states, args.runs, [args, states](Tape& t, std::span<const StateRun> runs, std::span<const StateRun> d_runs) {
    t.kernels().rg_lru({.forward = args, .d_out = t.reached(args.out), .dx = t.grad(args.x), .d_input_gate = t.grad(args.input_gate),
                        .d_recurrence_gate = t.grad(args.recurrence_gate), .d_decay = t.grad(args.decay), .d_states = t.grad(states), .runs = runs,
                        .d_runs = d_runs});
  });
}

/// The row's output is the state as it stands: nothing of what the row gave before the edit goes on.
static void hold_state(Exec& ex, const StateRun& run, const Tensor& y) {
  if (ex.tape()) overwrite_rows(ex, y, run);
  copy_into(ex, run.before, y.slice(0, run.first_row, run.first_row + 1));
}

Tensor rg_lru(Exec& ex, const Tensor& x, const Batch& batch, const RgLruWeights& weights, const Activation& activation, StatePlace& place) {
  const Linear* const layers[] = {&weights.x, &weights.gate};
  std::vector<Tensor> parts = linears(ex, x, layers);                  // [rows, width]
  Tensor &u = parts[0], &branch = parts[1];
  branch = activate(ex, std::move(branch), activation);
  ex.tap(Site::conv_in, u);
  ex.tap(Site::ssm_gate, branch);
  u = causal_conv(ex, u, weights.conv, place, 0, Activation::identity);
  ex.tap(Site::ssm_in, u);
  Tensor input = gate_of(ex, u, weights.input_gate), recurrence = gate_of(ex, u, weights.recurrence_gate);
  ex.tap(Site::ssm_write, input);
  ex.tap(Site::ssm_decay, recurrence);
  Tensor y = ex.alloc(u.shape());
  scan(ex, batch, place.slots[1], [&](std::span<const StateRun> runs, const Tensor& states, bool hold) {
    if (hold) return hold_state(ex, runs[0], y);
    const RgLruArgs args{.x = u, .input_gate = input, .recurrence_gate = recurrence, .decay = weights.decay, .out = y, .runs = runs};
    ex.backend().rg_lru(args);
    if (ex.tape()) rg_lru_back(ex, args, states);
    if (states.defined()) ex.backend().copy(y, states.reshape(y.shape()));  // its output is its state
  });
  ex.tap(Site::ssm_out, y);
  return linear(ex, multiply(ex, y, branch), weights.out);
}

}  // namespace vitrine::nn
