// SPDX-License-Identifier: Apache-2.0
// Backward of attention. Nothing of the forward pass is kept but q, k and v: a row's scores are made again (as in FlashAttention-2, Dao 2023,
// arXiv:2307.08691, section 3.1.2), one row of keys at a time. A thread owns a KV head: its keys, its values and the query heads that read it.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/backend/cpu/attend_rows.h"
#include "engine/backend/cpu/gradients.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/core/bfloat16.h"

namespace vitrine::cpu {

namespace {

/// Sixteen sums side by side, so that the compiler may use whole registers.
float dot(const float* a, const float* b, int64_t n) {
  float lanes[16] = {};
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int l = 0; l < 16; ++l) lanes[l] += a[i + l] * b[i + l];
  float sum = 0;
  for (; i < n; ++i) sum += a[i] * b[i];
  for (float lane : lanes) sum += lane;
  return sum;
}

void add_scaled(const float* x, float factor, float* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] += factor * x[i];
}

/// [rows, heads, width] by row and head; undefined: null rows.
struct Heads {
  explicit Heads(const Tensor& t, const char* what) : defined(t.defined()) {
    if (!defined) return;
    VT_CHECK(t.rank() == 3, what, " must be [rows, heads, width], is ", t.shape().str());
    rows.emplace(t, DType::f32, what);
    heads = t.size(1);
    width = t.size(2);
  }
  float* at(int64_t row, int64_t head) const { return defined ? rows->row(row * heads + head) : nullptr; }

  bool defined = false;
  int64_t heads = 0, width = 0;
  std::optional<Rows> rows;
};

/// The scores of one query row of one head, and the way back from their gradient.
class ScoreRow {
 public:
  ScoreRow(const ScoreRule& rule, int64_t heads, const Tensor& d_distance_bias)
      : rule_(rule, heads), d_distances_(data_of<float>(d_distance_bias)) {
    VT_CHECK(!d_distances_ || (d_distance_bias.contiguous() && d_distance_bias.numel() == heads * (2 * rule_.reach + 1)),
             "gradient of the distance bias ", d_distance_bias.shape().str());
  }

  Visible visible(int64_t index, int64_t keys) const { return visible_keys(rule_.mask, index, keys); }
  const float* sinks() const { return rule_.sinks; }

  /// scores[j] for visible keys; slope[j] = d score / d (q.k).
  void make(const float* q, const Heads& k, const AttendSpan& span, int64_t kv_head, int64_t head, int64_t index, const Visible& seen, float* scores,
            float* slope) const {
    const float alibi = rule_.slope(head), *distances = rule_.distances(head), cap = rule_.softcap;
    for (int64_t j = seen.from; j < seen.to; ++j) {
      float s = dot(q, k.at(span.first_key + j, kv_head), k.width) * rule_.scale;
      slope[j] = rule_.scale;
      if (cap > 0) {
        const float t = std::tanh(s / cap);
        s = cap * t;
        slope[j] *= 1 - t * t;
      }
      if (alibi != 0) s += rule_.bf16_alibi_scale != 0 ? rule_.bf16_alibi_scale * round_bf16(alibi * round_bf16(float(j))) : alibi * float(j - index);
      if (distances) s += distances[std::clamp<int64_t>(j - index, -rule_.reach, rule_.reach)];
      scores[j] = s;
    }
  }

  /// From d_scores to dq, dk and the bias by distance.
  void back(const float* q, const Heads& k, const AttendSpan& span, int64_t kv_head, int64_t head, int64_t index, const Visible& seen,
            const float* d_scores, const float* slope, float* dq, const Heads& dk) const {
    float* d_distances = d_distances_ ? d_distances_ + head * (2 * rule_.reach + 1) + rule_.reach : nullptr;
    for (int64_t j = seen.from; j < seen.to; ++j) {
      const float d = d_scores[j] * slope[j];
      if (d_distances) d_distances[std::clamp<int64_t>(j - index, -rule_.reach, rule_.reach)] += d_scores[j];
      if (dq) add_scaled(k.at(span.first_key + j, kv_head), d, dq, k.width);
      if (dk.defined) add_scaled(q, d, dk.at(span.first_key + j, kv_head), k.width);
    }
  }

 private:
  OpenRule rule_;
  float* d_distances_;
};

/// In place: softmax over [from, to) and the sink. Returns the sink's probability.
float softmax_row(float* s, const Visible& seen, const float* sink) {
  float most = sink ? *sink : -INFINITY;
  for (int64_t j = seen.from; j < seen.to; ++j) most = std::max(most, s[j]);
  double sum = sink ? std::exp(double(*sink - most)) : 0;
  for (int64_t j = seen.from; j < seen.to; ++j) sum += double(s[j] = std::exp(s[j] - most));
  const float inverse = float(1 / sum);
  for (int64_t j = seen.from; j < seen.to; ++j) s[j] *= inverse;
  return sink ? std::exp(*sink - most) * inverse : 0;
}

int64_t longest(std::span<const AttendSpan> spans) {
  int64_t keys = 0;
  for (const AttendSpan& span : spans) keys = std::max(keys, span.keys);
  return keys;
}

}  // namespace

void CpuGradients::attend(const AttendGradArgs& args) {
  const Heads q(args.q, "q"), k(args.k, "k"), v(args.v, "v"), d_out(args.d_out, "d_out"), dq(args.dq, "dq"), dk(args.dk, "dk"), dv(args.dv, "dv");
  VT_CHECK(q.heads % k.heads == 0 && k.heads == v.heads && d_out.width == v.width && q.width == k.width, "gradient of attention: q ",
           args.q.shape().str(), ", k ", args.k.shape().str(), ", v ", args.v.shape().str(), ", d_out ", args.d_out.shape().str());
  const int64_t group = q.heads / k.heads, most = longest(args.spans);
  float* d_sinks = data_of<float>(args.d_sinks);
  int64_t cost = 0;
  for (const AttendSpan& span : args.spans) cost += span.rows * span.keys * q.heads * (q.width + v.width) * 2;
  share_work(pool_, k.heads, cost, [&](int64_t kv_head, int) {
    const ScoreRow rule(args.rule, q.heads, args.d_distance_bias);
    std::vector<float> probs(static_cast<size_t>(most)), slope(probs.size()), d_probs(probs.size());
    const auto one_row = [&](const AttendSpan& span, int64_t row, int64_t head) {
      const float *query = q.at(span.first_row + row, head), *d = d_out.at(span.first_row + row, head);
      const Visible seen = rule.visible(row, span.keys);
      rule.make(query, k, span, kv_head, head, row, seen, probs.data(), slope.data());
      const float sink = softmax_row(probs.data(), seen, rule.sinks() ? rule.sinks() + head : nullptr);
      double along = 0;
      for (int64_t j = seen.from; j < seen.to; ++j) {
        d_probs[size_t(j)] = dot(d, v.at(span.first_key + j, kv_head), v.width);
        along += double(d_probs[size_t(j)]) * double(probs[size_t(j)]);
        if (dv.defined) add_scaled(d, probs[size_t(j)], dv.at(span.first_key + j, kv_head), v.width);
      }
      if (d_sinks) d_sinks[head] -= sink * float(along);
      for (int64_t j = seen.from; j < seen.to; ++j) d_probs[size_t(j)] = probs[size_t(j)] * (d_probs[size_t(j)] - float(along));
      rule.back(query, k, span, kv_head, head, row, seen, d_probs.data(), slope.data(), dq.at(span.first_row + row, head), dk);
    };
    for (const AttendSpan& span : args.spans)
      for (int64_t head = kv_head * group; head < (kv_head + 1) * group; ++head)
        for (int64_t row = 0; row < span.rows; ++row) one_row(span, row, head);
  });
}

void CpuGradients::scores(const ScoresGradArgs& args) {
  const Heads q(args.q, "q"), k(args.k, "k"), dq(args.dq, "dq"), dk(args.dk, "dk");
  const Rows d = float_rows(args.d_scores, "gradient of scores");
  const AttendSpan& span = args.span;
  const int64_t group = q.heads / k.heads;
  VT_CHECK(args.d_scores.shape() == Shape({q.heads, span.rows, span.keys}), "gradient of scores ", args.d_scores.shape().str());
  share_work(pool_, k.heads, span.rows * span.keys * q.heads * q.width * 2, [&](int64_t kv_head, int) {
    const ScoreRow rule(args.rule, q.heads, args.d_distance_bias);
    std::vector<float> scores(static_cast<size_t>(span.keys)), slope(scores.size());
    for (int64_t head = kv_head * group; head < (kv_head + 1) * group; ++head)
      for (int64_t row = 0; row < span.rows; ++row) {
        const float* query = q.at(span.first_row + row, head);
        const Visible seen = rule.visible(row, span.keys);
        rule.make(query, k, span, kv_head, head, row, seen, scores.data(), slope.data());
        rule.back(query, k, span, kv_head, head, row, seen, d.row(head * span.rows + row), slope.data(), dq.at(span.first_row + row, head), dk);
      }
  });
}

void CpuGradients::weighted_values(const WeightedValuesGradArgs& args) {
  const Heads v(args.v, "v"), d_out(args.d_out, "d_out"), dv(args.dv, "dv");
  const Rows probs = float_rows(args.probs, "probs");
  const AttendSpan& span = args.span;
  const int64_t heads = args.probs.size(0), group = heads / v.heads;
  VT_CHECK(args.probs.size(1) == span.rows && args.probs.size(2) == span.keys && d_out.heads == heads, "gradient of weighted values: probs ",
           args.probs.shape().str());
  share_work(pool_, v.heads, span.rows * span.keys * heads * v.width * 2, [&](int64_t kv_head, int) {
    for (int64_t head = kv_head * group; head < (kv_head + 1) * group; ++head)
      for (int64_t row = 0; row < span.rows; ++row) {
        const float *d = d_out.at(span.first_row + row, head), *p = probs.row(head * span.rows + row);
        float* d_probs = args.d_probs.defined() ? float_rows(args.d_probs, "gradient of probs").row(head * span.rows + row) : nullptr;
        for (int64_t j = 0; j < span.keys; ++j) {
          if (d_probs) d_probs[j] += dot(d, v.at(span.first_key + j, kv_head), v.width);
          if (dv.defined) add_scaled(d, p[j], dv.at(span.first_key + j, kv_head), v.width);
        }
      }
  });
}

}  // namespace vitrine::cpu
