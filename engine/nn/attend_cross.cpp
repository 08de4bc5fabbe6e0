// SPDX-License-Identifier: Apache-2.0
// Attention of a decoder to what the encoder made of the source text.
#include "engine/nn/attend_back.h"
#include "engine/nn/ops.h"

namespace vitrine::nn {

namespace {

bool looked_at(const Exec& ex, int segment) { return ex.segment_wants(segment, Site::cross_scores) || ex.segment_wants(segment, Site::cross_probs); }

AttendSpan source_span(const Batch& batch, const SourcePlace& source, int segment) {
  const Segment& s = batch.segments[size_t(segment)];
  return {s.first_row, s.rows, 0, source.keys[size_t(segment)]};
}

/// One segment, composed: scores, softmax, values, with the taps between them. Writes its rows of `out`.
void open_form(Exec& ex, const Tensor& q, const Batch& batch, int segment, const AttentionRule& rule, const Tensor& index_of_row,
               const SourcePlace& source, const Tensor& out) {
  const Segment& s = batch.segments[size_t(segment)];
  const int64_t from = s.first_row, to = s.first_row + s.rows;
  Tensor scores = ex.alloc({rule.heads, s.rows, source.keys[size_t(segment)]});
  ex.backend().attend_scores({q.slice(0, from, to), source.kv, segment, index_of_row.slice(0, from, to), rule.score, scores});
  const AttendSpan span = source_span(batch, source, segment);
  if (ex.tape()) scores_back(ex, q, source.k[size_t(segment)], rule.score, span, scores);
  ex.tap_segment(Site::cross_scores, segment, scores);
  Tensor probs = softmax(ex, scores, {});  // [heads, rows, source keys]
  ex.tap_segment(Site::cross_probs, segment, probs);
  ex.backend().weighted_values({probs, source.kv, segment, out.slice(0, from, to)});
  if (ex.tape()) weighted_values_back(ex, probs, source.v[size_t(segment)], span, out);
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
    if (looked_at(ex, int(segment)))
      open_form(ex, q, batch, int(segment), rule, place.index_of_row, source, out);
    else if (ex.tape())
      attend_back(ex, q, source.k[segment], source.v[segment], rule.score, {source_span(batch, source, int(segment))}, out);
  ex.tap(Site::cross_head_out, out);
  return linear(ex, out.reshape({x.size(0), int64_t(rule.heads) * rule.head_dim}), weights.o);
}

}  // namespace vitrine::nn
