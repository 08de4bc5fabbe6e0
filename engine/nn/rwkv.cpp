// SPDX-License-Identifier: Apache-2.0
// RWKV-4: time mix and channel mix. The shift to the token before is a convolution of two taps, whose state both halves keep.
#include "engine/nn/state_ops.h"

namespace vitrine::nn {

namespace {

/// mix [2, dim] of each token and the one before it. The first mix of a slot leaves its state; the others read the same.
Tensor shifted_mix(Exec& ex, const Tensor& x, const Tensor& mix, const std::vector<StateRun>& runs, bool keep) {
  std::vector<StateRun> mine = runs;
  for (StateRun& run : mine)
    if (!keep) run.after = {};
  Tensor out = ex.alloc(x.shape());
  ex.backend().conv1d({.x = x, .weight = mix, .out = out, .runs = mine});
  return out;
}

Tensor sigmoid_gate(Exec& ex, const Tensor& x, const Linear& receptance, Site site) {
  Tensor r = linear(ex, x, receptance);
  ex.backend().activate(r, Activation::sigmoid, r);
  ex.tap(site, r);
  return r;
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
    ex.backend().wkv({.k = k, .v = v, .decay = weights.decay, .first = weights.first, .out = y, .states = states, .runs = runs});
  });
  ex.tap(Site::ssm_out, y);
  Tensor gated = ex.alloc(y.shape());
  ex.backend().multiply(r, y, gated);
  return linear(ex, gated, weights.out);
}

Tensor channel_mix(Exec& ex, const Tensor& x, const ChannelMixWeights& weights, StatePlace& place, int slot) {
  const std::vector<StateRun>& shift = place.slots[size_t(slot)];
  Tensor k = linear(ex, shifted_mix(ex, x, weights.mix_k, shift, true), weights.k);  // [rows, hidden]
  ex.tap(Site::mlp_gate, k);
  Tensor act = ex.alloc(k.shape());
  ex.backend().activate(k, Activation::relu_squared, act);
  ex.tap(Site::mlp_act, act);
  const Tensor r = sigmoid_gate(ex, shifted_mix(ex, x, weights.mix_r, shift, false), weights.r, Site::mlp_out_gate);
  const Tensor value = linear(ex, act, weights.v);
  Tensor out = ex.alloc(value.shape());
  ex.backend().multiply(r, value, out);
  return out;
}

}  // namespace vitrine::nn
