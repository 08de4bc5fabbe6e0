// SPDX-License-Identifier: Apache-2.0
// The way back through attention, streamed or open. Only under a tape, whose sequences begin in this step: key j of a sequence is its row j.
#pragma once

#include <vector>

#include "engine/nn/ops.h"

namespace vitrine::nn {

/// The rows of a segment that attends to itself.
inline AttendSpan span_of(const Segment& s) { return {s.first_row, s.rows, s.first_row, s.rows}; }

/// out [rows, heads, v_dim] = softmax(score(q, k)) v, for the rows of `spans`.
void attend_back(Exec& ex, const Tensor& q, const Tensor& k, const Tensor& v, const ScoreRule& rule, std::vector<AttendSpan> spans, const Tensor& out);
/// scores [heads, span rows, span keys] of q and k.
void scores_back(Exec& ex, const Tensor& q, const Tensor& k, const ScoreRule& rule, const AttendSpan& span, const Tensor& scores);
/// The span's rows of out = probs v.
void weighted_values_back(Exec& ex, const Tensor& probs, const Tensor& v, const AttendSpan& span, const Tensor& out);

}  // namespace vitrine::nn
