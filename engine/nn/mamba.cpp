// SPDX-License-Identifier: Apache-2.0
// Selective state spaces: Mamba (with Zamba's heads and the norms of FalconMamba and Jamba) and Mamba-2.
#include <limits>

#include "engine/nn/scan_back.h"
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
  products(ex, group);
  if (rule.norms) {
    r = norm(ex, r, weights.rank_norm, {.eps = rule.norm_eps});
    s.b = norm(ex, s.b, weights.b_norm, {.eps = rule.norm_eps});
    s.c = norm(ex, s.c, weights.c_norm, {.eps = rule.norm_eps});
  }
  group.clear();
  for (int64_t h = 0; h < heads; ++h)
    group.push_back({columns(r, h, rank), weights.from_rank[size_t(h)].w, columns(s.dt, h, width), {}, ex.precision()});
  products(ex, group);
  s.dt = time_step(ex, std::move(s.dt), weights.step_bias, 0, std::numeric_limits<float>::infinity());
  ex.tap(Site::ssm_dt, s.dt);
  ex.tap(Site::ssm_b, s.b);
  ex.tap(Site::ssm_c, s.c);
  return s;
}

void selective_scan_back(Exec& ex, const SelectiveScanArgs& args) {
  scan_back(ex, args.out, args.states, args.runs, [args](Tape& t, std::span<const StateRun> runs, std::span<const StateRun> d_runs) {
    t.kernels().selective_scan({.forward = args, .d_out = t.reached(args.out), .dx = t.grad(args.x), .d_dt = t.grad(args.dt), .d_a = t.grad(args.a),
                                .d_b = t.grad(args.b), .d_c = t.grad(args.c), .d_d = t.grad(args.d), .d_states = t.grad(args.states), .runs = runs,
                                .d_runs = d_runs});
  });
}

/// y = C h + d u, the states running on in slot 1. With the time step 0 a state neither fades nor takes anything in.
Tensor scanned(Exec& ex, const Batch& batch, StatePlace& place, SelectiveScanArgs args) {
  args.out = ex.alloc({args.x.size(0), args.x.size(1)});
  const Tensor dt = args.dt;
  scan(ex, batch, place.slots[1], [&](std::span<const StateRun> runs, const Tensor& states, bool hold) {
    args.runs = runs;
    args.states = states;
    args.dt = hold ? ex.upload_f32(std::vector<float>(size_t(dt.numel())), dt.shape()) : dt;
    if (ex.tape() && hold) overwrite_rows(ex, args.out, runs[0]);
    ex.backend().selective_scan(args);
    if (ex.tape()) selective_scan_back(ex, args);
  });
  ex.tap(Site::ssm_out, args.out);
  return args.out;
}

/// RMS norm within each of `groups` equal parts of a row, then times weight [inner].
Tensor norm_in_groups(Exec& ex, const Tensor& x, const Tensor& weight, int groups, float eps) {
  if (groups == 1) return norm(ex, x, {weight, {}}, {.eps = eps});
  return multiply(ex, norm(ex, x.reshape({x.size(0) * groups, x.size(1) / groups}), {}, {.eps = eps}).reshape(x.shape()), weight);
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
  return linear(ex, gated(ex, gate, y, Activation::silu), weights.out);
}

Tensor mamba2(Exec& ex, const Tensor& x, const Batch& batch, const Mamba2Weights& weights, const Mamba2Rule& rule, StatePlace& place) {
  Tensor parts = linear(ex, rule.in_scale == 1 ? x : scale(ex, x, rule.in_scale), weights.in);  // [rows, inner + conv + heads]
  if (weights.in_scales.defined()) parts = multiply(ex, std::move(parts), weights.in_scales);
  const int64_t conv = weights.conv.w.size(1), bc = int64_t(rule.groups) * rule.state, inner = conv - 2 * bc;
  Tensor gate = parts.slice(1, 0, inner), mixed = parts.slice(1, inner, inner + conv), padded;
  if (weights.in.b.defined()) {
    padded = weights.in.b.reshape({1, parts.size(1)});
    if (weights.in_scales.defined()) padded = multiply(ex, padded, weights.in_scales);
    padded = dense(ex, padded.slice(1, inner, inner + conv));
  }
  ex.tap(Site::conv_in, mixed);
  ex.tap(Site::ssm_gate, gate);
  mixed = causal_conv(ex, mixed, weights.conv, place, 0, rule.activation, padded);
  Tensor u = mixed.slice(1, 0, inner), b = mixed.slice(1, inner, inner + bc), c = mixed.slice(1, inner + bc, conv);
  Tensor dt = time_step(ex, parts.slice(1, inner + conv, parts.size(1)), weights.step_bias, rule.least_step, rule.most_step);  // [rows, heads]
  ex.tap(Site::ssm_in, u);
  ex.tap(Site::ssm_dt, dt);
  ex.tap(Site::ssm_b, b);
  ex.tap(Site::ssm_c, c);
  Tensor y = scanned(ex, batch, place, {.x = u, .dt = dt, .a = weights.a, .b = b, .c = c, .d = weights.d, .groups = rule.groups});
  using Gate = Mamba2Rule::Gate;
  if (rule.gate == Gate::after_norm) y = norm_in_groups(ex, y, weights.norm, rule.groups, rule.norm_eps);
  y = gated(ex, gate, y, Activation::silu);
  if (rule.gate == Gate::then_norm) y = norm_in_groups(ex, y, weights.norm, rule.groups, rule.norm_eps);
  return linear(ex, y, weights.out);
}

}  // namespace vitrine::nn
