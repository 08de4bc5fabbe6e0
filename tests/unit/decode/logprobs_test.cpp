// SPDX-License-Identifier: Apache-2.0
// Log-probabilities shown for every token, against plain sums in double.
#include "engine/decode/logprobs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/error.h"
#include "engine/core/rng.h"

using namespace vitrine;

static std::vector<float> random_row(int n, double scale) {
  std::vector<float> row;
  for (int i = 0; i < n; ++i) row.push_back(float(scale * uniform(3, uint64_t(i), uint32_t(n))));
  return row;
}

TEST(Logprobs, AgreeWithPlainSums) {
  for (const int n : {1, 15, 16, 17, 64, 1023, 49152})
    for (const double scale : {0.0, 0.5, 30.0, 1e4}) {
      std::vector<float> row = random_row(n, scale);
      if (n > 100) row[7] = row[70] = -std::numeric_limits<float>::infinity();
      double sum = 0, weighted = 0;
      const double largest = *std::max_element(row.begin(), row.end());
      for (const float l : row) sum += std::exp(double(l) - largest);
      for (const float l : row)
        if (std::isfinite(l)) weighted += std::exp(double(l) - largest) / sum * (double(l) - largest);
      const RowScores scores = score_row(row, 50);
      EXPECT_NEAR(scores.log_sum_exp, largest + std::log(sum), 1e-6 * std::max(1.0, std::abs(largest)));
      EXPECT_NEAR(scores.entropy, std::log(sum) - weighted, 1e-5);
      double mass = scores.rest_mass;
      for (const TokenAlternative& t : scores.top) mass += std::exp(double(t.logprob));
      EXPECT_NEAR(mass, 1, 1e-5);
      std::vector<int32_t> order(row.size());
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return row[size_t(a)] > row[size_t(b)]; });
      ASSERT_EQ(scores.top.size(), size_t(std::min(n, 50)));
      for (size_t rank = 0; rank < order.size(); rank += rank < 60 ? 1 : 997) {
        if (rank < scores.top.size()) {
          EXPECT_EQ(scores.top[rank].id, order[rank]);
        }
        const TokenPlace place = place_in_row(row, scores, order[rank]);
        EXPECT_EQ(place.rank, int32_t(rank)) << n << " " << scale;
        EXPECT_NEAR(place.logprob, double(row[size_t(order[rank])]) - largest - std::log(sum),
                    1e-6 * std::max(1.0, largest));
      }
    }
}

TEST(Logprobs, BadInputIsAnError) {
  const std::vector<float> row{1, 2};
  EXPECT_THROW(score_row({}, 5), Error);
  EXPECT_THROW(score_row(std::vector<float>{1, NAN}, 5), Error);
  EXPECT_THROW(place_in_row(row, score_row(row, 1), 2), Error);
  EXPECT_THROW(place_in_row(row, score_row(row, 1), -1), Error);
}
