// SPDX-License-Identifier: Apache-2.0
// RWKV-4: time mix and channel mix. The shift to the token before is a convolution of two taps, whose state both halves keep.
#include "engine/nn/scan_back.h"
#include "engine/nn/state_ops.h"

namespace vitrine::nn {

namespace {

/// mix [2, dim] of each token and the one before it. The first mix of a slot leaves its state; the others read the same.
Tensor shifted_mix(Exec& ex, const Tensor& x, const Tensor& mix, const std::vector<StateRun>& runs, bool keep) {
  std::vector<StateRun> mine = runs;
  for (StateRun& run : mine)
    if (!keep) run.after = {};
  return convolved(ex, x, {mix, {}}, mine);
}

Tensor sigmoid_gate(Exec& ex, const Tensor& x, const Linear& receptance, Site site) {
  Tensor r = linear(ex, x, receptance);
  r = activate(ex, std::move(r), Activation::sigmoid);
  ex.tap(site, r);
  return r;
}

void wkv_back(Exec& ex, const WkvArgs& args) {
  scan_back(ex, args.out, args.states, args.runs, [args](Tape& t, std::span<const StateRun> runs, std::span<const StateRun> d_runs) {
    t.kernels().wkv({.forward = args, .d_out = t.reached(args.out), .dk = t.grad(args.k), .dv = t.grad(args.v), .d_decay = t.grad(args.decay),
                     .d_first = t.grad(args.first), .d_states = t.grad(args.states), .runs = runs, .d_runs = d_runs});
  });
}

/// A tap of [rows, width] as one head.
Tensor tapped_as_head(Exec& ex, Site site, const Tensor& x) {
  Tensor t = x.reshape({x.size(0), 1, x.size(1)});
  ex.tap(site, t);
  return t.reshape(x.shape());
}

}  // namespace

Tensor time_mix(Exec& ex, const Tensor& x, const Batch& batch, const TimeMixWeights& weights, StatePlace& place) {
  const std::vector<StateRun>& shift = place.slots[0];
  const Tensor k = tapped_as_head(ex, Site::k, linear(ex, shifted_mix(ex, x, weights.mix_k, shift, true), weights.k));
  const Tensor v = tapped_as_head(ex, Site::v, linear(ex, shifted_mix(ex, x, weights.mix_v, shift, false), weights.v));
  const Tensor r = sigmoid_gate(ex, shifted_mix(ex, x, weights.mix_r, shift, false), weights.r, Site::ssm_gate);
  Tensor y = ex.alloc(k.shape());
  scan(ex, batch, place.slots[1], [&](std::span<const StateRun> runs, const Tensor& states, bool hold) {
    if (hold) return;                // a row reads what was before it: its own state acts on those that follow
    const WkvArgs args{.k = k, .v = v, .decay = weights.decay, .first = weights.first, .out = y, .states = states, .runs = runs};
    ex.backend().wkv(args);
    if (ex.tape()) wkv_back(ex, args);
  });
  ex.tap(Site::ssm_out, y);
  return linear(ex, multiply(ex, r, y), weights.out);
}

Tensor channel_mix(Exec& ex, const Tensor& x, const ChannelMixWeights& weights, StatePlace& place, int slot) {
  const std::vector<StateRun>& shift = place.slots[size_t(slot)];
  Tensor k = linear(ex, shifted_mix(ex, x, weights.mix_k, shift, true), weights.k);  // [rows, hidden]
  ex.tap(Site::mlp_gate, k);
  Tensor act = activate(ex, k, Activation::relu_squared);
  ex.tap(Site::mlp_act, act);
  const Tensor r = sigmoid_gate(ex, shifted_mix(ex, x, weights.mix_r, shift, false), weights.r, Site::mlp_out_gate);
  return multiply(ex, r, linear(ex, act, weights.v));
}

}  // namespace vitrine::nn
