// SPDX-License-Identifier: Apache-2.0
// Selective state spaces: Mamba (with Zamba's heads and the norms of FalconMamba and Jamba) and Mamba-2.
#include <limits>

#include "engine/nn/state_ops.h"

namespace vitrine::nn {

namespace {

/// What depends on the input in a selective scan.
struct Selection {
  Tensor dt, b, c;                   // [rows, inner], [rows, heads * state] twice
};

/// Columns [i * width, (i + 1) * width) of a matrix.
Tensor columns(const Tensor& t, int64_t i, int64_t width) { return t.slice(1, i * width, (i + 1) * width); }

Selection select(Exec& ex, const Tensor& u, const MambaWeights& weights, const MambaRule& rule) {
  const int64_t rows = u.size(0), heads = rule.heads, width = u.size(1) / heads;
  const int64_t rank = weights.to_rank[0].w.size(0), state = weights.to_b[0].w.size(0);
  Tensor r = ex.alloc({rows, heads * rank});
  Selection s{ex.alloc(u.shape()), ex.alloc({rows, heads * state}), ex.alloc({rows, heads * state})};
  std::vector<MatmulArgs> group;
  for (int64_t h = 0; h < heads; ++h) {
    const Tensor mine = columns(u, h, width);
    group.push_back({mine, weights.to_rank[size_t(h)].w, columns(r, h, rank), {}, ex.precision()});
    group.push_back({mine, weights.to_b[size_t(h)].w, columns(s.b, h, state), {}, ex.precision()});
    group.push_back({mine, weights.to_c[size_t(h)].w, columns(s.c, h, state), {}, ex.precision()});
  }
  ex.backend().matmul(group);
  if (rule.norms) {
    r = norm(ex, r, weights.rank_norm, {.eps = rule.norm_eps});
    s.b = norm(ex, s.b, weights.b_norm, {.eps = rule.norm_eps});
    s.c = norm(ex, s.c, weights.c_norm, {.eps = rule.norm_eps});
  }
  group.clear();
  for (int64_t h = 0; h < heads; ++h)
    group.push_back({columns(r, h, rank), weights.from_rank[size_t(h)].w, columns(s.dt, h, width), {}, ex.precision()});
  ex.backend().matmul(group);
  ex.backend().time_step({.x = s.dt, .bias = weights.step_bias, .out = s.dt, .least = 0, .most = std::numeric_limits<float>::infinity()});
  ex.tap(Site::ssm_dt, s.dt);
  ex.tap(Site::ssm_b, s.b);
  ex.tap(Site::ssm_c, s.c);
  return s;
}

/// y = C h + d u, the states running on in slot 1. With the time step 0 a state neither fades nor takes anything in.
Tensor scanned(Exec& ex, const Batch& batch, StatePlace& place, SelectiveScanArgs args) {
  args.out = ex.alloc({args.x.size(0), args.x.size(1)});
  const Tensor dt = args.dt;
  scan(ex, batch, place.slots[1], [&](std::span<const StateRun> runs, const Tensor& states, bool hold) {
    args.runs = runs;
    args.states = states;
    args.dt = hold ? ex.upload_f32(std::vector<float>(size_t(dt.numel())), dt.shape()) : dt;
    ex.backend().selective_scan(args);
  });
  ex.tap(Site::ssm_out, args.out);
  return args.out;
}

/// RMS norm within each of `groups` equal parts of a row, then times weight [inner].
Tensor norm_in_groups(Exec& ex, const Tensor& x, const Tensor& weight, int groups, float eps) {
  if (groups == 1) return norm(ex, x, {weight, {}}, {.eps = eps});
  const Tensor out = norm(ex, x.reshape({x.size(0) * groups, x.size(1) / groups}), {}, {.eps = eps}).reshape(x.shape());
  ex.backend().multiply(out, weight, out);
  return out;
}

}  // namespace

Tensor mamba(Exec& ex, const Tensor& x, const Batch& batch, const MambaWeights& weights, const MambaRule& rule, StatePlace& place) {
  const Tensor both = linear(ex, x, weights.in);                       // [rows, 2 inner]
  const int64_t inner = both.size(1) / 2;
  Tensor u = columns(both, 0, inner), gate = columns(both, 1, inner);
  ex.tap(Site::conv_in, u);
  ex.tap(Site::ssm_gate, gate);
  u = causal_conv(ex, u, weights.conv, place, 0, rule.activation, weights.in.b.defined() ? weights.in.b.slice(0, 0, inner) : Tensor());
  ex.tap(Site::ssm_in, u);
  const Selection s = select(ex, u, weights, rule);
  Tensor y = scanned(ex, batch, place, {.x = u, .dt = s.dt, .a = weights.a, .b = s.b, .c = s.c, .d = weights.d, .groups = rule.heads});
  Tensor gated = ex.alloc(y.shape());
  ex.backend().gated(gate, y, Activation::silu, gated);
  return linear(ex, gated, weights.out);
}

Tensor mamba2(Exec& ex, const Tensor& x, const Batch& batch, const Mamba2Weights& weights, const Mamba2Rule& rule, StatePlace& place) {
  Tensor in = x;
  if (rule.in_scale != 1) {
    in = ex.alloc(x.shape());
    ex.backend().scale(x, rule.in_scale, in);
  }
  const Tensor parts = linear(ex, in, weights.in);                     // [rows, inner + conv + heads]
  if (weights.in_scales.defined()) ex.backend().multiply(parts, weights.in_scales, parts);
  const int64_t conv = weights.conv.w.size(1), bc = int64_t(rule.groups) * rule.state, inner = conv - 2 * bc;
  Tensor gate = parts.slice(1, 0, inner), mixed = parts.slice(1, inner, inner + conv), padded;
  if (weights.in.b.defined()) {
    padded = ex.alloc({1, parts.size(1)});
    ex.backend().copy(weights.in.b.reshape(padded.shape()), padded);
    if (weights.in_scales.defined()) ex.backend().multiply(padded, weights.in_scales, padded);
    padded = dense(ex, padded.slice(1, inner, inner + conv));
  }
  ex.tap(Site::conv_in, mixed);
  ex.tap(Site::ssm_gate, gate);
  mixed = causal_conv(ex, mixed, weights.conv, place, 0, rule.activation, padded);
  Tensor u = mixed.slice(1, 0, inner), b = mixed.slice(1, inner, inner + bc), c = mixed.slice(1, inner + bc, conv);
  Tensor dt = ex.alloc({x.size(0), parts.size(1) - inner - conv});     // [rows, heads]
  ex.backend().time_step({.x = parts.slice(1, inner + conv, parts.size(1)), .bias = weights.step_bias, .out = dt, .least = rule.least_step,
                          .most = rule.most_step});
  ex.tap(Site::ssm_in, u);
  ex.tap(Site::ssm_dt, dt);
  ex.tap(Site::ssm_b, b);
  ex.tap(Site::ssm_c, c);
  Tensor y = scanned(ex, batch, place, {.x = u, .dt = dt, .a = weights.a, .b = b, .c = c, .d = weights.d, .groups = rule.groups});
  using Gate = Mamba2Rule::Gate;
  if (rule.gate == Gate::after_norm) y = norm_in_groups(ex, y, weights.norm, rule.groups, rule.norm_eps);
  Tensor gated = ex.alloc(y.shape());
  ex.backend().gated(gate, y, Activation::silu, gated);
  if (rule.gate == Gate::then_norm) gated = norm_in_groups(ex, gated, weights.norm, rule.groups, rule.norm_eps);
  return linear(ex, gated, weights.out);
}

}  // namespace vitrine::nn
