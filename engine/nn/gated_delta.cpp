// SPDX-License-Identifier: Apache-2.0
// Gated DeltaNet: a matrix a head that fades, forgets what a key held and takes in a new value for it.
#include <cmath>
#include <limits>

#include "engine/nn/scan_back.h"
#include "engine/nn/state_ops.h"

namespace vitrine::nn {

namespace {

/// Columns [from, to) as [rows, heads, width], each head of length one and then times `scale`:
/// x / sqrt(sum x^2 + 1e-6) = rms(x, 1e-6 / width) / sqrt(width).
Tensor unit_heads(Exec& ex, const Tensor& mixed, int64_t from, int heads, int64_t width, float scale, Site site) {
  const Tensor part = dense(ex, mixed.slice(1, from, from + heads * width)).reshape({mixed.size(0), heads, width});
  Tensor out = norm(ex, part, {}, {.eps = 1e-6f / float(width)});
  out = nn::scale(ex, std::move(out), scale / std::sqrt(float(width)));
  ex.tap(site, out);
  return out.reshape({mixed.size(0), heads * width});
}

void delta_rule_back(Exec& ex, const DeltaRuleArgs& args) {
  scan_back(ex, args.out, args.states, args.runs, [args](Tape& t, std::span<const StateRun> runs, std::span<const StateRun> d_runs) {
    t.kernels().delta_rule({.forward = args, .d_out = t.reached(args.out), .dq = t.grad(args.q), .dk = t.grad(args.k), .dv = t.grad(args.v),
                            .d_decay = t.grad(args.decay), .d_beta = t.grad(args.beta), .d_states = t.grad(args.states), .runs = runs,
                            .d_runs = d_runs});
  });
}

struct Rates {
  Tensor beta, decay;                // [rows, heads]
};

Rates rates_of(Exec& ex, const Tensor& x, const GatedDeltaWeights& weights, int heads) {
  const Tensor both = linear(ex, x, weights.rates);                    // [rows, 2 heads]
  const Tensor write = both.slice(1, 0, heads);
  Rates rates{activate(ex, write, Activation::sigmoid),
              time_step(ex, both.slice(1, heads, 2 * heads), weights.step_bias, 0, std::numeric_limits<float>::infinity())};
  rates.decay = multiply(ex, std::move(rates.decay), weights.a);
  ex.tap(Site::ssm_write, rates.beta);
  ex.tap(Site::ssm_decay, rates.decay);
  return rates;
}

}  // namespace

Tensor gated_delta(Exec& ex, const Tensor& x, const Batch& batch, const GatedDeltaWeights& weights, const GatedDeltaRule& rule, StatePlace& place) {
  const int64_t rows = x.size(0), key = int64_t(rule.key_heads) * rule.key_dim, value = int64_t(rule.heads) * rule.value_dim;
  const Tensor parts = linear(ex, x, weights.in);                      // [rows, 2 key + 2 value]
  Tensor mixed = parts.slice(1, 0, 2 * key + value), gate = parts.slice(1, 2 * key + value, 2 * key + 2 * value);
  const Rates rates = rates_of(ex, x, weights, rule.heads);
  ex.tap(Site::conv_in, mixed);
  ex.tap(Site::ssm_gate, gate);
  mixed = causal_conv(ex, mixed, weights.conv, place, 0, rule.activation);
  const Tensor q = unit_heads(ex, mixed, 0, rule.key_heads, rule.key_dim, 1 / std::sqrt(float(rule.key_dim)), Site::q);
  const Tensor k = unit_heads(ex, mixed, key, rule.key_heads, rule.key_dim, 1, Site::k);
  Tensor v = dense(ex, mixed.slice(1, 2 * key, 2 * key + value)).reshape({rows, rule.heads, rule.value_dim});
  ex.tap(Site::v, v);
  v = v.reshape({rows, value});
  Tensor y = ex.alloc({rows, value});
  scan(ex, batch, place.slots[1], [&](std::span<const StateRun> runs, const Tensor& states, bool hold) {
    const Tensor none = hold ? ex.upload_f32(std::vector<float>(size_t(rates.beta.numel())), rates.beta.shape()) : Tensor();
    const DeltaRuleArgs args{.q = q, .k = k, .v = v, .decay = hold ? none : rates.decay, .beta = hold ? none : rates.beta, .out = y,
                             .states = states, .key_heads = rule.key_heads, .runs = runs};
    if (ex.tape() && hold) overwrite_rows(ex, y, runs[0]);
    ex.backend().delta_rule(args);
    if (ex.tape()) delta_rule_back(ex, args);
  });
  ex.tap(Site::ssm_out, y);
  const Tensor normed = norm(ex, y.reshape({rows, rule.heads, rule.value_dim}), weights.norm, {.eps = rule.norm_eps}).reshape(y.shape());
  return linear(ex, gated(ex, gate, normed, Activation::silu), weights.out);
}

}  // namespace vitrine::nn
