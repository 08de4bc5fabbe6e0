// SPDX-License-Identifier: Apache-2.0
// Attention: projections, per-head norms, rotation, cache, then the streaming kernel; the open form only where somebody looks.
#include "engine/nn/attend_back.h"
#include "engine/nn/ops.h"

namespace vitrine::nn {

namespace {

Tensor rotated(Exec& ex, const Tensor& x, const AttentionRule& rule) {
  if (!rule.cos.defined()) return x;
  Tensor out = ex.alloc(x.shape());
  rotate_into(ex, x, rule.cos, rule.sin, rule.interleaved, out);
  return out;
}

/// x [rows, heads, head_dim].
Tensor normed(Exec& ex, const Tensor& x, const Norm& weights, const QkNormRule& rule) {
  const Shape wide{x.size(0), x.size(1) * x.size(2)};
  if (rule.over_width) return norm(ex, x.reshape(wide), weights, rule.norm).reshape(x.shape());
  if (!weights.w.defined() || weights.w.numel() == x.size(2)) return norm(ex, x, weights, rule.norm);
  Tensor rows = multiply(ex, norm(ex, x, {}, rule.norm).reshape(wide), weights.w);
  if (weights.b.defined()) rows = add(ex, std::move(rows), weights.b);
  return rows.reshape(x.shape());
}

void norm_both(Exec& ex, const AttentionWeights& weights, const QkNormRule& rule, Tensor& q, Tensor& k) {
  q = normed(ex, q, weights.q_norm, rule);
  k = normed(ex, k, weights.k_norm, rule);
}

/// Projections to [rows, heads, head_dim], normed and rotated, with their taps.
void project(Exec& ex, const Tensor& x, const AttentionWeights& weights, const AttentionRule& rule, Tensor& q, Tensor& k, Tensor& v) {
  const Linear* const layers[] = {&weights.q, &weights.k, &weights.v};
  std::vector<Tensor> parts = linears(ex, x, layers);
  const int64_t rows = x.size(0);
  q = parts[0].reshape({rows, rule.heads, rule.head_dim});
  k = parts[1].reshape({rows, rule.kv_heads, rule.head_dim});
  v = parts[2].reshape({rows, rule.kv_heads, rule.head_dim});
  parts.clear();
  ex.tap(Site::q_pre, q);
  ex.tap(Site::k_pre, k);
  if (rule.qk_norm && !rule.qk_norm->after_rope) norm_both(ex, weights, *rule.qk_norm, q, k);
  for (Tensor* part : {&q, &k, &v})
    if (rule.clip > 0) *part = clamp(ex, std::move(*part), -rule.clip, rule.clip);
  q = rotated(ex, q, rule);
  k = rotated(ex, k, rule);
  if (rule.qk_norm && rule.qk_norm->after_rope) norm_both(ex, weights, *rule.qk_norm, q, k);
  if (rule.query_factors.defined()) q = scale_rows(ex, q, rule.query_factors);
  ex.tap(Site::q, q);
  ex.tap(Site::k, k);
  ex.tap(Site::v, v);
}

/// One segment, composed: scores, softmax, values, with the taps between them. Writes its rows of `out`.
void open_form(Exec& ex, const Tensor& q, const Tensor& k, const Tensor& v, const Batch& batch, int segment, const ScoreRule& rule,
               const AttentionPlace& place, const Tensor& out) {
  const Segment& s = batch.segments[size_t(segment)];
  const int64_t keys = place.first_index[size_t(segment)] + s.rows;
  const Tensor rows_q = q.slice(0, s.first_row, s.first_row + s.rows);
  Tensor scores = ex.alloc({q.size(1), s.rows, keys});
  ex.backend().attend_scores({rows_q, place.kv, segment, place.index_of_row.slice(0, s.first_row, s.first_row + s.rows), rule, scores});
  if (ex.tape()) scores_back(ex, q, k, rule, span_of(s), scores);
  ex.tap_segment(Site::attn_scores, segment, scores);
  Tensor probs = softmax(ex, scores, rule.sinks);                    // [heads, rows, keys]
  ex.tap_segment(Site::attn_probs, segment, probs);
  ex.backend().weighted_values({probs, place.kv, segment, out.slice(0, s.first_row, s.first_row + s.rows)});
  if (ex.tape()) weighted_values_back(ex, probs, v, span_of(s), out);
}

/// Room for what watches ask of each row and the streaming kernel gives along the way.
void want_statistics(Exec& ex, AttendArgs& args) {
  const int64_t rows = args.q.size(0), heads = args.q.size(1);
  if (ex.wants_row_summary()) {
    if (!args.lse.defined()) args.lse = ex.alloc({rows, heads});
    args.max_prob = ex.alloc({rows, heads});
    args.entropy = ex.alloc({rows, heads});
  }
  if (const int k = ex.wants_row_top(); k > 0) {
    args.top_values = ex.alloc({rows, heads, k});
    args.top_ids = ex.alloc({rows, heads, k}, DType::i32);
  }
}

}  // namespace

Tensor attend(Exec& ex, const Tensor& q, const Tensor& k, const Tensor& v, const Batch& batch, const ScoreRule& rule, const AttentionPlace& place, AttentionKept* keep) {
  const bool looked_at = ex.wants(Site::attn_scores) || ex.wants(Site::attn_probs);
  const Tensor out = ex.alloc({q.size(0), q.size(1), place.kv.v_dim});
  AttendArgs args{.q = q, .kv = place.kv, .out = out, .seq_of_row = place.seq_of_row, .index_of_row = place.index_of_row, .rule = rule};
  if (keep) args.lse = keep->lse = ex.alloc({q.size(0), q.size(1)});
  if (looked_at) want_statistics(ex, args);
  ex.backend().attend(args);
  if (keep) keep->q = q;
  if (looked_at) ex.tap_rows({args.max_prob, args.entropy, args.lse, args.top_values, args.top_ids});
  for (size_t segment = 0; looked_at && segment < batch.segments.size(); ++segment)
    if (ex.wants_open_attention(int(segment)))
      open_form(ex, q, k, v, batch, int(segment), rule, place, out);
  if (!ex.tape()) return out;
  std::vector<AttendSpan> streamed;
  for (size_t segment = 0; segment < batch.segments.size(); ++segment)
    if (!looked_at || !ex.wants_open_attention(int(segment))) streamed.push_back(span_of(batch.segments[segment]));
  attend_back(ex, q, k, v, rule, std::move(streamed), out);
  return out;
}

Tensor attention(Exec& ex, const Tensor& x, const Batch& batch, const AttentionWeights& weights, const AttentionRule& rule,
                 const AttentionPlace& place, AttentionKept* keep) {
  Tensor q, k, v;
  project(ex, x, weights, rule, q, k, v);
  ex.backend().kv_write({k, v, place.kv, place.seq_of_row, place.index_of_row});
  Tensor out = attend(ex, q, k, v, batch, rule.score, place, keep);    // [rows, heads, head_dim]
  ex.tap(Site::head_out, out);
  if (weights.gate.defined()) {
    Tensor gate = linear(ex, x, weights.gate).reshape(out.shape());
    ex.tap(Site::attn_gate, gate);
    out = multiply(ex, out, activate(ex, gate, Activation::sigmoid));
  }
  return linear(ex, out.reshape({x.size(0), int64_t(rule.heads) * rule.head_dim}), weights.o);
}

}  // namespace vitrine::nn
