// SPDX-License-Identifier: Apache-2.0
// Causal convolution along time, and the mixer that is little else.
#include <algorithm>

#include "engine/nn/scan_back.h"
#include "engine/nn/state_ops.h"

namespace vitrine::nn {

/// Sequences that begin after padding find `padded` in the places of the tokens they do not have.
static void begin_padded(Exec& ex, StatePlace& place, int slot, const Tensor& padded, int64_t taps) {
  const int64_t channels = padded.numel();
  for (size_t segment = 0; segment < place.slots[size_t(slot)].size(); ++segment) {
    StateRun& run = place.slots[size_t(slot)][segment];
    const int64_t absent = std::min<int64_t>(place.left_padding[segment], taps);
    if (run.before.defined() || absent == 0) continue;
    run.before = ex.upload_f32(std::vector<float>(size_t(taps * channels)), {taps, channels});
    if (ex.tape()) ex.tape()->made(run.before);
    for (int64_t row = taps - absent; row < taps; ++row) copy_into(ex, padded.reshape({1, channels}), run.before.slice(0, row, row + 1));
  }
}

Tensor convolved(Exec& ex, const Tensor& x, const ConvWeights& weights, std::span<const StateRun> runs) {
  Tensor out = ex.alloc(x.shape());
  ex.backend().conv1d({.x = x, .weight = weights.w, .bias = weights.b, .out = out, .runs = runs});
  if (ex.tape())
    scan_back(ex, out, {}, runs, [x, weights, out](Tape& t, std::span<const StateRun> kept, std::span<const StateRun> d_runs) {
      t.kernels().conv1d({.x = x, .weight = weights.w, .d_out = t.grad(out), .dx = t.grad(x), .d_weight = t.grad(weights.w),
                          .d_bias = t.grad(weights.b), .runs = kept, .d_runs = d_runs});
    });
  return out;
}

Tensor causal_conv(Exec& ex, const Tensor& x, const ConvWeights& weights, StatePlace& place, int slot, Activation activation, const Tensor& padded) {
  if (padded.defined()) begin_padded(ex, place, slot, padded, weights.w.size(0));
  Tensor out = convolved(ex, x, weights, place.slots[size_t(slot)]);
  return activation == Activation::identity ? out : activate(ex, std::move(out), activation);
}

Tensor short_conv(Exec& ex, const Tensor& x, const ShortConvWeights& weights, StatePlace& place) {
  const Tensor parts = linear(ex, x, weights.in);                      // [rows, 3 dim]
  const int64_t dim = parts.size(1) / 3;
  const auto part = [&](const Tensor& t, int index) { return t.slice(t.rank() - 1, index * dim, (index + 1) * dim); };
  Tensor u = multiply(ex, part(parts, 0), part(parts, 2)), gate = part(parts, 1);
  ex.tap(Site::conv_in, u);
  ex.tap(Site::ssm_gate, gate);
  const Tensor& bias = weights.in.b;
  Tensor y = causal_conv(ex, u, weights.conv, place, 0, Activation::identity, bias.defined() ? multiply(ex, part(bias, 0), part(bias, 2)) : Tensor());
  ex.tap(Site::conv_out, y);
  return linear(ex, multiply(ex, y, gate), weights.out);
}

}  // namespace vitrine::nn
