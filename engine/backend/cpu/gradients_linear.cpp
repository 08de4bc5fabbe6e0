// SPDX-License-Identifier: Apache-2.0
// Backward of products, gathers and mixtures of experts. A product's weight is decoded a block of rows at a time, so that gradients flow
// through every format; sums go row by row in order, each thread owning the rows or columns it adds to.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/backend/cpu/gradients.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_view.h"
#include "engine/backend/cpu/weights.h"

namespace vitrine::cpu {

namespace {

constexpr int64_t kWeightRowsAtOnce = 64;

void add_scaled(const float* x, float factor, float* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] += factor * x[i];
}

float* plain(const Tensor& t, int64_t n, const char* what) {
  if (!t.defined()) return nullptr;
  VT_CHECK(t.dtype() == DType::f32 && t.numel() == n && t.contiguous(), what, " must hold ", n, " f32, is ", t.shape().str());
  return data_of<float>(t);
}

/// What a weight of the route is to its logits.
class RouteSlopes {
 public:
  RouteSlopes(const RouteRule& rule, int64_t experts) : rule_(rule), experts_(experts), p_(size_t(experts)), d_(size_t(rule.used)), w_(d_.size()) {}

  void row(const float* logits, const int32_t* ids, const float* d_weights, float* d_logits) {
    using Score = RouteRule::Score;
    if (rule_.score == Score::sparse_mixer) return mix(logits, ids, d_weights, d_logits);
    const size_t used = d_.size();
    score(logits, ids);
    double sum = 0, along = 0;
    for (size_t j = 0; j < used; ++j) sum += double(w_[j]);
    const double divisor = rule_.renormalize ? std::max(sum, double(rule_.least_sum)) : 1;
    for (size_t j = 0; j < used; ++j) along += double(d_weights[j]) * double(w_[j]);
    const bool normalised = rule_.renormalize && sum >= double(rule_.least_sum);
    for (size_t j = 0; j < used; ++j)
      d_[j] = float(double(rule_.scale) / divisor * (double(d_weights[j]) - (normalised ? along / divisor : 0)));
    double flow = 0;
    for (size_t j = 0; j < used; ++j) flow += double(d_[j]) * double(w_[j]);
    if (rule_.score == Score::sigmoid) {
      for (size_t j = 0; j < used; ++j) d_logits[ids[j]] += d_[j] * w_[j] * (1 - w_[j]);
    } else if (rule_.score == Score::softmax_of_chosen) {
      for (size_t j = 0; j < used; ++j) d_logits[ids[j]] += w_[j] * (d_[j] - float(flow));
    } else {
      for (int64_t e = 0; e < experts_; ++e) d_logits[e] -= p_[size_t(e)] * float(flow);
      for (size_t j = 0; j < used; ++j) d_logits[ids[j]] += w_[j] * d_[j];
    }
  }

 private:
  /// p_ = softmax over all with keep(e); w_ the chosen ones' scores.
  template <class Keep>
  void soft(const float* logits, Keep keep) {
    double most = -INFINITY, sum = 0;
    for (int64_t e = 0; e < experts_; ++e)
      if (keep(e)) most = std::max(most, double(logits[e]));
    for (int64_t e = 0; e < experts_; ++e) sum += keep(e) ? std::exp(double(logits[e]) - most) : 0;
    for (int64_t e = 0; e < experts_; ++e) p_[size_t(e)] = keep(e) ? float(std::exp(double(logits[e]) - most) / sum) : 0;
  }

  void score(const float* logits, const int32_t* ids) {
    if (rule_.score == RouteRule::Score::softmax_of_chosen)
      soft(logits, [&](int64_t e) { return std::find(ids, ids + rule_.used, int32_t(e)) != ids + rule_.used; });
    else if (rule_.score == RouteRule::Score::softmax)
      soft(logits, [](int64_t) { return true; });
    for (int j = 0; j < rule_.used; ++j)
      w_[size_t(j)] = rule_.score == RouteRule::Score::sigmoid ? 1 / (1 + std::exp(-logits[ids[j]])) : p_[size_t(ids[j])];
  }

  /// PhiMoE: each weight is a probability among the logits near the largest one left.
  void mix(const float* logits, const int32_t* ids, const float* d_weights, float* d_logits) {
    const auto taken = [&](int64_t e, int before) { return std::find(ids, ids + before, int32_t(e)) != ids + before; };
    for (int j = 0; j < rule_.used; ++j) {
      float most = -INFINITY;
      for (int64_t e = 0; e < experts_; ++e)
        if (!taken(e, j)) most = std::max(most, logits[e]);
      soft(logits, [&](int64_t e) { return !taken(e, j) && (most - logits[e]) / std::max(std::abs(logits[e]), most) <= 2 * rule_.jitter; });
      const float d = d_weights[j] * rule_.scale * p_[size_t(ids[j])];
      for (int64_t e = 0; e < experts_; ++e) d_logits[e] -= d * p_[size_t(e)];
      d_logits[ids[j]] += d;
    }
  }

  const RouteRule& rule_;
  int64_t experts_;
  std::vector<float> p_, d_, w_;
};

}  // namespace

void CpuGradients::matmul(const MatmulGradArgs& args) {
  const Rows d = float_rows(args.d_out, "d_out");
  const int64_t rows = d.rows(), out = args.w.size(0), in = args.w.size(1);
  VT_CHECK(d.columns() == out && args.x.size(-1) == in && args.x.shape().rows() == rows, "gradient of a product: x ", args.x.shape().str(), ", w ",
           args.w.shape().str(), ", d_out ", args.d_out.shape().str());
  if (args.dx.defined()) {
    const Weight w(args.w);
    const Rows dx = float_rows(args.dx, "dx");
    std::vector<float> block(size_t(std::min(out, kWeightRowsAtOnce) * in));
    for (int64_t first = 0; first < out; first += kWeightRowsAtOnce) {
      const int64_t count = std::min(out - first, kWeightRowsAtOnce);
      split_work(pool_, count, count * in * 8, [&](int64_t from, int64_t to) {
        for (int64_t o = from; o < to; ++o) w.row_f32(kernels_, first + o, block.data() + o * in);
      });
      split_work(pool_, rows, rows * count * in, [&](int64_t from, int64_t to) {
        for (int64_t r = from; r < to; ++r)
          for (int64_t o = 0; o < count; ++o) add_scaled(block.data() + o * in, d.row(r)[first + o], dx.row(r), in);
      });
    }
  }
  if (float* dw = plain(args.dw, out * in, "gradient of a weight")) {
    const Rows x = float_rows(args.x, "x");
    split_work(pool_, out, rows * out * in, [&](int64_t from, int64_t to) {
      for (int64_t o = from; o < to; ++o)
        for (int64_t r = 0; r < rows; ++r) add_scaled(x.row(r), d.row(r)[o], dw + o * in, in);
    });
  }
  if (float* db = plain(args.db, out, "gradient of a bias"))
    split_work(pool_, out, rows * out, [&](int64_t from, int64_t to) {
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t o = from; o < to; ++o) db[o] += d.row(r)[o];
    });
}

void CpuGradients::gather_rows(const GatherGradArgs& args) {
  if (!args.d_table.defined()) return;
  const Rows d = float_rows(args.d_out, "d_out"), into = float_rows(args.d_table, "gradient of a table");
  const Ids ids(args.ids, DType::i32, "ids");
  VT_CHECK(args.ids.contiguous() && args.ids.numel() == d.rows() && into.columns() == d.columns(), "gradient of a gather: ids ", args.ids.shape().str(),
           ", d_out ", args.d_out.shape().str());
  const int32_t* id = ids.row(0);
  split_work(pool_, d.columns(), d.rows() * d.columns() * 2, [&](int64_t from, int64_t to) {
    for (int64_t r = 0; r < d.rows(); ++r) {
      if (id[r] == args.padding_row) continue;
      const float* g = d.row(r);
      float* out = into.row(id[r]);
      for (int64_t i = from; i < to; ++i) out[i] += args.scale * g[i];
    }
  });
}

void CpuGradients::route(const RouteGradArgs& args) {
  if (!args.d_logits.defined()) return;
  const Rows logits = float_rows(args.logits, "router logits"), d = float_rows(args.d_weights, "gradient of expert weights"),
             into = float_rows(args.d_logits, "gradient of router logits");
  const Ids ids(args.ids, DType::i32, "expert ids");
  split_work(pool_, logits.rows(), logits.rows() * logits.columns() * 16, [&](int64_t from, int64_t to) {
    RouteSlopes slopes(args.rule, logits.columns());
    for (int64_t r = from; r < to; ++r) slopes.row(logits.row(r), ids.row(r), d.row(r), into.row(r));
  });
}

void CpuGradients::combine(const CombineGradArgs& args) {
  const Rows y = float_rows(args.y, "expert outputs"), weights = float_rows(args.weights, "weights"), d = float_rows(args.d_out, "d_out");
  const Ids slots(args.slot_ids, DType::i32, "slots");
  const int64_t n = slots.columns(), dim = d.columns();
  split_work(pool_, d.rows(), d.rows() * n * dim * 3, [&](int64_t from, int64_t to) {  // a slot belongs to one row
    for (int64_t r = from; r < to; ++r)
      for (int64_t j = 0; j < n; ++j) {
        const int32_t slot = slots.row(r)[j];
        double along = 0;
        for (int64_t i = 0; i < dim; ++i) along += double(d.row(r)[i]) * double(y.row(slot)[i]);
        if (args.d_weights.defined()) float_rows(args.d_weights, "d_weights").row(r)[j] += float(along);
        if (args.dy.defined()) add_scaled(d.row(r), weights.row(r)[j], float_rows(args.dy, "dy").row(slot), dim);
      }
  });
}

}  // namespace vitrine::cpu
