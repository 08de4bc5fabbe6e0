// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/attend_back.h"

#include "engine/nn/backward.h"

namespace vitrine::nn {

void attend_back(Exec& ex, const Tensor& q, const Tensor& k, const Tensor& v, const ScoreRule& rule, std::vector<AttendSpan> spans, const Tensor& out) {
  if (spans.empty()) return;
  back_through(ex, out, [q, k, v, rule, spans = std::move(spans)](Tape& t, const Tensor& d) {
    t.kernels().attend({.q = q, .k = k, .v = v, .d_out = d, .dq = t.grad(q), .dk = t.grad(k), .dv = t.grad(v), .d_sinks = t.grad(rule.sinks),
                        .d_distance_bias = t.grad(rule.distance_bias), .rule = rule, .spans = spans});
  });
}

void scores_back(Exec& ex, const Tensor& q, const Tensor& k, const ScoreRule& rule, const AttendSpan& span, const Tensor& scores) {
  back_through(ex, scores, [q, k, rule, span](Tape& t, const Tensor& d) {
    t.kernels().scores({.q = q, .k = k, .d_scores = d, .dq = t.grad(q), .dk = t.grad(k), .d_distance_bias = t.grad(rule.distance_bias), .rule = rule,
                        .span = span});
  });
}

void weighted_values_back(Exec& ex, const Tensor& probs, const Tensor& v, const AttendSpan& span, const Tensor& out) {
  back_through(ex, out, [probs, v, span](Tape& t, const Tensor& d) {
    t.kernels().weighted_values({.probs = probs, .v = v, .d_out = d, .d_probs = t.grad(probs), .dv = t.grad(v), .span = span});
  });
}

}  // namespace vitrine::nn
