// SPDX-License-Identifier: Apache-2.0
// Reductions for looking inside: largest values, statistics and means of rows.
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_kernels.h"
#include "engine/backend/cpu/row_view.h"

namespace vitrine::cpu {

void CpuBackend::top_k(const Tensor& x, int k, const Tensor& values, const Tensor& ids) {
  const Rows in = float_rows(x, "x"), best = float_rows(values, "top values");
  const Ids where(ids, DType::i32, "top ids");
  VT_CHECK(k >= 1 && k <= in.columns(), "top ", k, " of ", in.columns());
  VT_CHECK(best.rows() == in.rows() && where.rows() == in.rows() && best.columns() == k && where.columns() == k,
           "top_k: x ", x.shape().str(), ", values ", values.shape().str(), ", ids ", ids.shape().str());
  split_work(pool_, in.rows(), x.numel(), [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; ++r) row_kernels_.top_k(in.row(r), in.columns(), k, best.row(r), where.row(r));
  });
}

void CpuBackend::row_stats(const Tensor& x, const Tensor& out) {
  const Rows in = float_rows(x, "x"), result = float_rows(out, "statistics");
  VT_CHECK(result.rows() == in.rows() && result.columns() == 5 && in.columns() > 0, "row_stats: x ", x.shape().str(),
           ", out ", out.shape().str());
  split_work(pool_, in.rows(), x.numel() * 2, [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; ++r) row_kernels_.stats(in.row(r), in.columns(), result.row(r));
  });
}

void CpuBackend::mean_first_axis(const Tensor& x, const Tensor& out) {
  VT_CHECK(x.defined() && x.rank() >= 1 && x.size(0) > 0, "mean over an empty axis");
  const int64_t n = x.size(0), outer = x.rank() > 1 ? x.numel() / n / x.size(-1) : 1;
  const Rows in = float_rows(x, "x"), result = float_rows(out, "mean");
  if (x.rank() == 1) {  // a vector: its mean
    VT_CHECK(out.numel() == 1, "mean of ", x.shape().str(), " into ", out.shape().str());
    double sum = 0;
    for (int64_t i = 0; i < n; ++i) sum += double(in.row(0)[i]);
    result.row(0)[0] = float(sum / double(n));
    return;
  }
  VT_CHECK(result.rows() == outer && result.columns() == in.columns(), "mean of ", x.shape().str(), " into ",
           out.shape().str());
  constexpr int64_t kWidth = 256;
  const int64_t columns = in.columns(), pieces = (columns + kWidth - 1) / kWidth;
  split_work(pool_, outer * pieces, x.numel(), [&](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; ++i) {
      const int64_t row = i / pieces, start = i % pieces * kWidth, width = std::min(kWidth, columns - start);
      double sum[kWidth] = {};
      for (int64_t j = 0; j < n; ++j) {
        const float* value = in.row(j * outer + row) + start;
        for (int64_t c = 0; c < width; ++c) sum[c] += double(value[c]);
      }
      for (int64_t c = 0; c < width; ++c) result.row(row)[start + c] = float(sum[c] / double(n));
    }
  });
}

}  // namespace vitrine::cpu
