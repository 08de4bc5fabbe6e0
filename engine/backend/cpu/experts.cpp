// SPDX-License-Identifier: Apache-2.0
// Mixtures of experts: which experts a token goes to, and the weighted sum of what they gave. A row at a time.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_kernels.h"
#include "engine/backend/cpu/row_view.h"

namespace vitrine::cpu {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

/// Chooses for one row after the other; owns the scratch that takes.
class Router {
 public:
  Router(const RowKernels& kernels, const RouteRule& rule, const float* bias, int64_t experts)
      : kernels_(kernels), rule_(rule), bias_(bias), experts_(experts), scores_(size_t(experts)), choice_(size_t(experts)) {}

  void row(const float* logits, bool forced, int32_t* ids, float* weights) {
    if (rule_.score == RouteRule::Score::sparse_mixer) return mix(logits, forced, ids, weights);
    score(logits);
    if (!forced) choose(ids, weights);
    for (int j = 0; j < rule_.used; ++j) weights[j] = scores_[size_t(ids[j])];
    if (!forced) largest_first(ids, weights);
    if (rule_.score == RouteRule::Score::softmax_of_chosen) kernels_.softmax(weights, nullptr, weights, rule_.used);
    if (rule_.renormalize) {
      float sum = 0;
      for (int j = 0; j < rule_.used; ++j) sum += weights[j];
      for (int j = 0; j < rule_.used; ++j) weights[j] /= std::max(sum, rule_.least_sum);
    }
    for (int j = 0; j < rule_.used; ++j) weights[j] *= rule_.scale;
  }

 private:
  void score(const float* logits) {
    if (rule_.score == RouteRule::Score::softmax)
      kernels_.softmax(logits, nullptr, scores_.data(), experts_);
    else if (rule_.score == RouteRule::Score::sigmoid)
      kernels_.activate(logits, int(Activation::sigmoid), scores_.data(), experts_);
    else
      std::copy_n(logits, experts_, scores_.begin());
  }

  void choose(int32_t* ids, float* values) {
    for (int64_t e = 0; e < experts_; ++e) choice_[size_t(e)] = scores_[size_t(e)] + (bias_ ? bias_[e] : 0);
    if (rule_.groups_used < rule_.groups) keep_best_groups();
    top(choice_.data(), rule_.used, values, ids);
  }

  void keep_best_groups() {
    const int64_t width = experts_ / rule_.groups;
    std::vector<float> worth(size_t(rule_.groups)), best(size_t(rule_.groups));
    std::vector<int32_t> kept(size_t(rule_.groups));
    for (int g = 0; g < rule_.groups; ++g) {
      float two[2];
      int32_t at[2];
      const int taken = int(std::min<int64_t>(width, rule_.group_by_two ? 2 : 1));
      kernels_.top_k(choice_.data() + g * width, width, taken, two, at);
      worth[size_t(g)] = taken == 2 ? two[0] + two[1] : two[0];
    }
    top(worth.data(), rule_.groups_used, best.data(), kept.data(), rule_.groups);
    for (int g = 0; g < rule_.groups; ++g)
      if (std::find(kept.begin(), kept.begin() + rule_.groups_used, g) == kept.begin() + rule_.groups_used)
        std::fill_n(choice_.begin() + g * width, width, kNever);
  }

  /// The k largest of n; where numbers are missing (NaN), the first ones.
  void top(const float* x, int k, float* values, int32_t* ids, int64_t n = 0) const {
    kernels_.top_k(x, n ? n : experts_, k, values, ids);
    for (int j = 0; j < k; ++j)
      if (ids[j] < 0) ids[j] = j;
  }

  void largest_first(int32_t* ids, float* weights) {
    for (int j = 1; j < rule_.used; ++j)
      for (int i = j; i > 0 && weights[i] > weights[i - 1]; --i) {
        std::swap(weights[i], weights[i - 1]);
        std::swap(ids[i], ids[i - 1]);
      }
  }

  void mix(const float* logits, bool forced, int32_t* ids, float* weights) {
    std::copy_n(logits, experts_, scores_.begin());
    for (int j = 0; j < rule_.used; ++j) {
      float most;
      int32_t first;
      top(scores_.data(), 1, &most, &first);
      if (!forced) ids[j] = first;
      for (int64_t e = 0; e < experts_; ++e) {
        const bool far = (most - logits[e]) / std::max(std::abs(logits[e]), most) > 2 * rule_.jitter;
        choice_[size_t(e)] = far ? kNever : scores_[size_t(e)];
      }
      kernels_.softmax(choice_.data(), nullptr, choice_.data(), experts_);
      weights[j] = choice_[size_t(ids[j])] * rule_.scale;
      scores_[size_t(ids[j])] = kNever;
    }
  }

  const RowKernels& kernels_;
  const RouteRule& rule_;
  const float* bias_;
  int64_t experts_;
  std::vector<float> scores_, choice_;
};

}  // namespace

void CpuBackend::route(const RouteArgs& args) {
  const Rows logits = float_rows(args.logits, "router logits"), weights = float_rows(args.weights, "expert weights");
  const Ids ids(args.ids, DType::i32, "expert ids");
  const RouteRule& rule = args.rule;
  const int64_t rows = logits.rows(), experts = logits.columns();
  VT_CHECK(rule.used >= 1 && rule.used <= experts && ids.columns() == rule.used && weights.columns() == rule.used &&
               ids.rows() == rows && weights.rows() == rows,
           rule.used, " experts of ", args.logits.shape().str(), " into ", args.ids.shape().str());
  VT_CHECK(rule.groups >= 1 && experts % rule.groups == 0 && rule.groups_used >= 1 && rule.groups_used <= rule.groups,
           rule.groups_used, " of ", rule.groups, " groups of ", experts, " experts");
  if (args.bias.defined()) VT_CHECK(args.bias.numel() == experts && args.bias.contiguous(), "router bias ", args.bias.shape().str());
  if (args.forced)
    for (int64_t r = 0; r < rows; ++r)
      for (int j = 0; j < rule.used; ++j) VT_CHECK(ids.row(r)[j] >= 0 && ids.row(r)[j] < experts, "expert ", ids.row(r)[j], " of ", experts);
  split_work(pool_, rows, rows * experts * 8, [&](int64_t from, int64_t to) {
    Router router(row_kernels_, rule, data_of<const float>(args.bias), experts);
    for (int64_t r = from; r < to; ++r) router.row(logits.row(r), args.forced, ids.row(r), weights.row(r));
  });
}

void CpuBackend::combine(const CombineArgs& args) {
  const Rows y = float_rows(args.y, "expert outputs"), weights = float_rows(args.weights, "weights"), out = float_rows(args.out, "result");
  const Ids slots(args.slot_ids, DType::i32, "slots");
  const int64_t rows = out.rows(), n = slots.columns(), dim = out.columns();
  VT_CHECK(slots.rows() == rows && weights.rows() == rows && weights.columns() == n && y.columns() == dim && n >= 1, "combine: y ",
           args.y.shape().str(), ", slots ", args.slot_ids.shape().str(), ", out ", args.out.shape().str());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t j = 0; j < n; ++j) VT_CHECK(slots.row(r)[j] >= 0 && slots.row(r)[j] < y.rows(), "slot ", slots.row(r)[j], " of ", y.rows());
  split_work(pool_, rows, rows * n * dim * 2, [&](int64_t from, int64_t to) {
    std::vector<int64_t> order(static_cast<size_t>(n));
    std::vector<float> term(static_cast<size_t>(dim));
    for (int64_t r = from; r < to; ++r) {
      const int32_t* slot = slots.row(r);
      std::iota(order.begin(), order.end(), 0);
      std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return slot[a] != slot[b] ? slot[a] < slot[b] : a < b; });
      float* sum = out.row(r);
      row_kernels_.scale(y.row(slot[order[0]]), weights.row(r)[order[0]], sum, dim);
      for (int64_t j = 1; j < n; ++j) {
        row_kernels_.scale(y.row(slot[order[size_t(j)]]), weights.row(r)[order[size_t(j)]], term.data(), dim);
        row_kernels_.add(sum, term.data(), sum, dim);
      }
    }
  });
}

}  // namespace vitrine::cpu
