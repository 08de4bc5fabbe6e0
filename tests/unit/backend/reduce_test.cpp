// SPDX-License-Identifier: Apache-2.0
// Largest values, statistics, means and edits: what the panels show and experiments change.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "levels.h"

namespace vitrine::test {
namespace {

TEST(Reduce, TopKIsSortedAndTiesGoToTheLowerId) {
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    for (int64_t n : {1, 7, 16, 33, 5000}) {
      for (int k : {1, 5, 8, 40}) {
        if (k > n) continue;
        auto x = normal_values(3 * n, uint32_t(n));
        for (float& value : x) value = std::round(value * 8) / 8;  // many ties
        if (n > 20) x[3] = x[size_t(n) + 9] = -std::numeric_limits<float>::infinity();
        const Tensor values = backend->alloc({3, k}, DType::f32), ids = backend->alloc({3, k}, DType::i32);
        backend->top_k(tensor_of(*backend, x, {3, n}), k, values, ids);
        const auto got = floats_of(*backend, values);
        const auto where = ints_of(*backend, ids);
        for (int64_t r = 0; r < 3; ++r) {
          std::vector<int32_t> order(static_cast<size_t>(n));
          std::iota(order.begin(), order.end(), 0);
          std::stable_sort(order.begin(), order.end(),
                           [&](int32_t a, int32_t b) { return x[size_t(r * n + a)] > x[size_t(r * n + b)]; });
          for (int i = 0; i < k; ++i) {
            EXPECT_EQ(where[size_t(r * k + i)], order[size_t(i)]) << isa << ", " << i << " of " << k << " in " << n;
            EXPECT_EQ(got[size_t(r * k + i)], x[size_t(r * n + order[size_t(i)])]);
          }
        }
      }
    }
  }
}

TEST(Reduce, NaNIsNeverAmongTheLargest) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    std::vector<float> x(40, nan);
    x[5] = -1;
    x[30] = 2;
    const Tensor values = backend->alloc({1, 3}, DType::f32), ids = backend->alloc({1, 3}, DType::i32);
    backend->top_k(tensor_of(*backend, x, {1, 40}), 3, values, ids);
    EXPECT_EQ(ints_of(*backend, ids), (std::vector<int32_t>{30, 5, -1})) << isa;
  }
}

TEST(Reduce, StatisticsEqualDoublePrecision) {
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    for (int64_t n : {1, 15, 16, 100, 4097}) {
      const auto x = normal_values(2 * n, 3, 5);
      const Tensor out = backend->alloc({2, 5}, DType::f32);
      backend->row_stats(tensor_of(*backend, x, {2, n}), out);
      const auto got = floats_of(*backend, out);
      for (int64_t r = 0; r < 2; ++r) {
        double sum = 0, square = 0, lowest = 1e30, highest = -1e30;
        for (int64_t i = 0; i < n; ++i) {
          const double v = double(x[size_t(r * n + i)]);
          sum += v, square += v * v, lowest = std::min(lowest, v), highest = std::max(highest, v);
        }
        const double mean = sum / double(n);
        EXPECT_NEAR(got[size_t(r * 5)], mean, 2e-6 * std::sqrt(square));
        EXPECT_NEAR(got[size_t(r * 5 + 1)], std::sqrt(std::max(0.0, square / double(n) - mean * mean)), 1e-5);
        EXPECT_EQ(got[size_t(r * 5 + 2)], float(lowest));
        EXPECT_EQ(got[size_t(r * 5 + 3)], float(highest));
        EXPECT_NEAR(got[size_t(r * 5 + 4)], std::sqrt(square), 1e-6 * std::sqrt(square));
      }
    }
  }
}

TEST(Reduce, MeanOverTheFirstAxis) {
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    const int64_t n = 50, outer = 3, width = 300;
    const auto x = normal_values(n * outer * width, 1);
    const Tensor out = backend->alloc({outer, width}, DType::f32);
    backend->mean_first_axis(tensor_of(*backend, x, {n, outer, width}), out);
    const auto got = floats_of(*backend, out);
    for (int64_t i = 0; i < outer * width; ++i) {
      double sum = 0;
      for (int64_t j = 0; j < n; ++j) sum += double(x[size_t(j * outer * width + i)]);
      EXPECT_NEAR(got[size_t(i)], sum / double(n), 1e-6);
    }
  }
}

TEST(Edit, ChangesTheChosenEntriesOnly) {
  const auto backend = backend_of("scalar");
  const int64_t rows = 4, channels = 10;
  const auto x = normal_values(rows * channels, 1);
  const std::vector<int32_t> chosen_rows = {2, 0}, chosen_channels = {9, 1, 4};
  const auto value = normal_values(2 * 3, 2);
  const float factor = 0.5f;
  for (EditArgs::Op op : {EditArgs::Op::scale, EditArgs::Op::add, EditArgs::Op::replace, EditArgs::Op::project}) {
    for (bool one_row : {false, true}) {
      const Tensor t = tensor_of(*backend, x, {rows, channels});
      const Tensor values = tensor_of(*backend, value, {2, 3}).slice(0, 0, one_row ? 1 : 2);
      backend->edit({.op = op,
                     .x = t,
                     .rows = tensor_of(*backend, chosen_rows, {2}),
                     .channels = tensor_of(*backend, chosen_channels, {3}),
                     .value = values,
                     .factor = factor});
      const auto got = floats_of(*backend, t);
      auto want = std::vector<double>(x.begin(), x.end());
      for (size_t i = 0; i < 2; ++i) {
        const float* v = &value[one_row ? 0 : i * 3];
        double along = 0, square = 0;
        for (size_t c = 0; c < 3; ++c) {
          along += want[size_t(chosen_rows[i]) * channels + size_t(chosen_channels[c])] * double(v[c]);
          square += double(v[c]) * double(v[c]);
        }
        for (size_t c = 0; c < 3; ++c) {
          double& entry = want[size_t(chosen_rows[i]) * channels + size_t(chosen_channels[c])];
          if (op == EditArgs::Op::scale) entry *= double(factor);
          if (op == EditArgs::Op::add) entry += double(factor * v[c]);
          if (op == EditArgs::Op::replace) entry = double(v[c]);
          if (op == EditArgs::Op::project) entry -= double(factor) * along / square * double(v[c]);
        }
      }
      for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-6) << int(op) << " " << i;
    }
  }
  const Tensor t = tensor_of(*backend, x, {rows, channels});
  EXPECT_THROW(
      backend->edit({.op = EditArgs::Op::scale, .x = t, .rows = tensor_of(*backend, std::vector<int32_t>{4}, {1})}),
      Error);
  EXPECT_THROW(backend->edit({.op = EditArgs::Op::add, .x = t, .value = tensor_of(*backend, value, {2, 3})}), Error);
}

}  // namespace
}  // namespace vitrine::test
