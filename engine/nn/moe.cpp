// SPDX-License-Identifier: Apache-2.0
// Mixtures of experts: route, gather the rows of each expert, run the experts side by side, combine. A slot is a (row, rank) pair; slots
// lie in order of expert, then row.
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/nn/backward.h"
#include "engine/nn/ops.h"

namespace vitrine::nn {

namespace {

struct Routed {
  Tensor ids, weights;               // [rows, used] i32, f32
};

struct Slots {
  std::vector<int64_t> first;        // [experts + 1]: where each expert's slots begin
  std::vector<int32_t> row, entry;   // of each slot: its row, and row * used + rank
  std::vector<int32_t> of_entry;     // the reverse of `entry`
};

Slots slots_by_expert(const std::vector<int32_t>& ids, int64_t used, size_t experts) {
  Slots slots;
  slots.first.assign(experts + 1, 0);
  for (int32_t id : ids) ++slots.first[size_t(id) + 1];
  for (size_t e = 0; e < experts; ++e) slots.first[e + 1] += slots.first[e];
  std::vector<int64_t> next(slots.first.begin(), slots.first.end() - 1);
  slots.row.resize(ids.size());
  slots.entry.resize(ids.size());
  slots.of_entry.resize(ids.size());
  for (size_t entry = 0; entry < ids.size(); ++entry) {
    const size_t slot = size_t(next[size_t(ids[entry])]++);
    slots.row[slot] = int32_t(int64_t(entry) / used);
    slots.entry[slot] = int32_t(entry);
    slots.of_entry[entry] = int32_t(slot);
  }
  return slots;
}

/// Taps the chosen ids as numbers. True when they were replaced.
bool tap_ids(Exec& ex, Tensor& ids, int64_t experts) {
  const std::vector<int32_t> chosen = ex.backend().snapshot(ids)->i32();
  Tensor numbers = ex.upload_f32({chosen.begin(), chosen.end()}, ids.shape());
  ex.tap(Site::expert_ids, numbers);
  if (!ex.edits(Site::expert_ids)) return false;
  std::vector<int32_t> forced;
  for (float value : ex.backend().snapshot(numbers)->f32()) {
    if (value != std::floor(value) || value < 0 || value >= float(experts))
      throw Error(ErrorKind::input, cat("expert ", value, " was asked for; this layer has the experts 0 to ", experts - 1),
                  "replace expert_ids with whole numbers in this range");
    forced.push_back(int32_t(value));
  }
  if (forced == chosen) return false;
  ids = ex.upload_i32(forced).reshape(ids.shape());
  return true;
}

Routed route(Exec& ex, const Tensor& x, const MoeWeights& weights, const RouteRule& rule) {
  Tensor logits = linear(ex, x, weights.router);                       // [rows, experts]
  ex.tap(Site::router_logits, logits);
  RouteArgs args{.logits = logits, .bias = weights.correction, .ids = ex.alloc({x.size(0), rule.used}, DType::i32),
                 .weights = ex.alloc({x.size(0), rule.used}), .rule = rule};
  ex.backend().route(args);
  if (ex.wants(Site::expert_ids) && tap_ids(ex, args.ids, logits.size(1))) {
    args.forced = true;
    ex.backend().route(args);
  }
  if (ex.tape())
    back_through(ex, args.weights, [logits, ids = args.ids, rule](Tape& t, const Tensor& d) {
      t.kernels().route({.logits = logits, .ids = ids, .d_weights = d, .d_logits = t.grad(logits), .rule = rule});
    });
  ex.tap(Site::expert_weights, args.weights);
  return {args.ids, args.weights};
}

Tensor activated(Exec& ex, const Tensor& gate, const Tensor& up, const MoeRule& rule) {
  if (!gate.defined()) return activate(ex, up, rule.activation);
  return rule.glu_alpha > 0 ? clamped_glu(ex, gate, up, rule.glu_alpha, rule.glu_limit) : gated(ex, gate, up, rule.activation);
}

/// Every chosen expert on its slots. Returns [slots, dim].
Tensor run_experts(Exec& ex, const Tensor& x, const MoeWeights& weights, const MoeRule& rule, const Slots& slots) {
  const int64_t count = int64_t(slots.row.size()), hidden = weights.experts[0].up.w.size(0);
  bool single = x.size(0) == 1;                                        // one row, no expert twice: nothing to gather, all read the same
  for (size_t e = 0; e < weights.experts.size(); ++e) single = single && slots.first[e + 1] - slots.first[e] <= 1;
  const Tensor in = single ? x : embed(ex, x, ex.upload_i32(slots.row));
  const Tensor up = ex.alloc({count, hidden}), gate = weights.experts[0].gate.defined() ? ex.alloc({count, hidden}) : Tensor();
  const Tensor out = ex.alloc({count, x.size(1)});
  std::vector<MatmulArgs> first, second;
  const auto each = [&](auto visit) {
    for (size_t e = 0; e < weights.experts.size(); ++e)
      if (slots.first[e] < slots.first[e + 1]) visit(weights.experts[e], slots.first[e], slots.first[e + 1]);
  };
  each([&](const FfnWeights& expert, int64_t from, int64_t to) {
    const Tensor mine = single ? in : in.slice(0, from, to);
    if (gate.defined()) first.push_back({mine, expert.gate.w, gate.slice(0, from, to), expert.gate.b, ex.precision()});
    first.push_back({mine, expert.up.w, up.slice(0, from, to), expert.up.b, ex.precision()});
  });
  products(ex, first);
  const Tensor act = activated(ex, gate, up, rule);
  each([&](const FfnWeights& expert, int64_t from, int64_t to) {
    second.push_back({act.slice(0, from, to), expert.down.w, out.slice(0, from, to), expert.down.b, ex.precision()});
  });
  products(ex, second);
  return out;
}

/// A view of the experts' results by token and rank for who wants to see them; what was changed goes back into slots.
void tap_outputs(Exec& ex, Tensor& y, const Slots& slots, int64_t used) {
  Tensor by_token = embed(ex, y, ex.upload_i32(slots.of_entry)).reshape({y.size(0) / used, used, y.size(1)});
  ex.tap(Site::expert_out, by_token);
  if (ex.edits(Site::expert_out) || ex.wants_gradient(Site::expert_out)) y = embed(ex, by_token.reshape(y.shape()), ex.upload_i32(slots.entry));
}

Tensor shared_expert(Exec& ex, const Tensor& x, const MoeWeights& weights, const MoeRule& rule) {
  const Linear* const layers[] = {&weights.shared.gate, &weights.shared.up, &weights.shared_gate};
  const std::vector<Tensor> parts = linears(ex, x, layers);
  Tensor out = linear(ex, activated(ex, parts[0], parts[1], rule), weights.shared.down);
  if (parts[2].defined()) {
    const Tensor share = activate(ex, parts[2], Activation::sigmoid);  // [rows, 1]
    out = scale_rows(ex, std::move(out), share.reshape({x.size(0)}));
  }
  ex.tap(Site::shared_out, out);
  return out;
}

}  // namespace

Tensor moe(Exec& ex, const Tensor& x, const MoeWeights& weights, const MoeRule& rule) {
  const int64_t rows = x.size(0), used = rule.route.used;
  if (rows == 0) return ex.alloc(x.shape());
  const Routed routed = route(ex, x, weights, rule.route);
  const Slots slots = slots_by_expert(ex.backend().snapshot(routed.ids)->i32(), used, weights.experts.size());
  Tensor y = run_experts(ex, x, weights, rule, slots);                 // [slots, dim]
  if (ex.wants(Site::expert_out)) tap_outputs(ex, y, slots, used);
  Tensor out = ex.alloc(x.shape());
  const Tensor slot_ids = ex.upload_i32(slots.of_entry).reshape({rows, used});
  ex.backend().combine({.y = y, .slot_ids = slot_ids, .weights = routed.weights, .out = out});
  if (ex.tape())
    back_through(ex, out, [y, slot_ids, weights = routed.weights](Tape& t, const Tensor& d) {
      t.kernels().combine({.y = y, .slot_ids = slot_ids, .weights = weights, .d_out = d, .dy = t.grad(y), .d_weights = t.grad(weights)});
    });
  return weights.shared.up.defined() ? add(ex, out, shared_expert(ex, x, weights, rule)) : out;
}

}  // namespace vitrine::nn
