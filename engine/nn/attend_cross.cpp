// SPDX-License-Identifier: Apache-2.0
// Attention of a decoder to what the encoder made of the source text.
#include "engine/nn/ops.h"

namespace vitrine::nn {

namespace {

bool looked_at(const Exec& ex, int segment) { return ex.segment_wants(segment, Site::cross_scores) || ex.segment_wants(segment, Site::cross_probs); }

/// One segment, composed: scores, softmax, values, with the taps between them. Writes its rows of `out`.
void open_form(Exec& ex, const Tensor& q, const Batch& batch, int segment, const AttentionRule& rule, const Tensor& index_of_row,
               const SourcePlace& source, const Tensor& out) {
  const Segment& s = batch.segments[size_t(segment)];
  const int64_t from = s.first_row, to = s.first_row + s.rows;
  Tensor scores = ex.alloc({rule.heads, s.rows, source.keys[size_t(segment)]});
  ex.backend().attend_scores({q.slice(0, from, to), source.kv, segment, index_of_row.slice(0, from, to), rule.score, scores});
  ex.tap_segment(Site::cross_scores, segment, scores);
  Tensor probs = ex.alloc(scores.shape());  // [heads, rows, source keys]
  ex.backend().softmax(scores, {}, probs);
  ex.tap_segment(Site::cross_probs, segment, probs);
  ex.backend().weighted_values({probs, source.kv, segment, out.slice(0, from, to)});
}

}  // namespace

Tensor cross_attention(Exec& ex, const Tensor& x, const Batch& batch, const AttentionWeights& weights, const AttentionRule& rule,
                       const AttentionPlace& place, const SourcePlace& source, AttentionKept* keep) {
  Tensor q = linear(ex, x, weights.q).reshape({x.size(0), rule.heads, rule.head_dim});
  ex.tap(Site::cross_q, q);
  Tensor out = ex.alloc(q.shape());  // [rows, heads, head_dim]
  AttendArgs args{.q = q, .kv = source.kv, .out = out, .seq_of_row = place.seq_of_row, .index_of_row = place.index_of_row, .rule = rule.score};
  if (keep) {
    keep->q = q;
    args.lse = keep->lse = ex.alloc({q.size(0), q.size(1)});
  }
  ex.backend().attend(args);
  for (size_t segment = 0; segment < batch.segments.size(); ++segment)
    if (looked_at(ex, int(segment))) open_form(ex, q, batch, int(segment), rule, place.index_of_row, source, out);
  ex.tap(Site::cross_head_out, out);
  return linear(ex, out.reshape({x.size(0), int64_t(rule.heads) * rule.head_dim}), weights.o);
}

}  // namespace vitrine::nn
