// SPDX-License-Identifier: Apache-2.0
#include "engine/backend/cpu/weight_order.h"

#include <gtest/gtest.h>

namespace vitrine::cpu {
namespace {

std::byte weights[8][64];

WeightOrder::Parts reads(int weight) {
  WeightOrder::Parts parts(2);
  for (auto& part : parts) part[0] = {weights[weight], 64};
  return parts;
}

/// The weights that part 1 is told to expect after `weight`, in order; a known one is not asked for its reads again.
std::vector<int> follow(WeightOrder& order, int weight, bool known) {
  const WeightOrder::Parts& next = order.follow(weights[weight], [&] {
    EXPECT_FALSE(known);
    return reads(weight);
  });
  std::vector<int> list;
  for (const ReadAhead& read : next[1])
    if (read.bytes > 0) list.push_back(int((read.from - weights[0]) / 64));
  return list;
}

using Weights = std::vector<int>;

TEST(WeightOrder, TheSecondStepKnowsWhatComes) {
  WeightOrder order(3 * 64);
  for (int weight = 0; weight < 5; ++weight) EXPECT_EQ(follow(order, weight, false), Weights{});
  EXPECT_EQ(follow(order, 0, true), (Weights{1, 2, 3}));
  EXPECT_EQ(follow(order, 1, true), (Weights{2, 3, 4}));
  EXPECT_EQ(follow(order, 2, true), (Weights{3, 4, 0}));
}

TEST(WeightOrder, AnotherWayIsLearned) {
  WeightOrder order(2 * 64);
  for (int weight : {0, 1, 2}) follow(order, weight, false);
  EXPECT_EQ(follow(order, 0, true), (Weights{1, 2}));
  follow(order, 5, false);
  follow(order, 2, true);
  EXPECT_EQ(follow(order, 0, true), (Weights{5, 2}));
}

TEST(WeightOrder, OneProductAfterItselfEnds) {
  WeightOrder order(int64_t(1) << 40);
  follow(order, 0, false);
  follow(order, 0, true);
  EXPECT_LE(follow(order, 0, true).size(), size_t(ThreadPool::kStretches));
}

}  // namespace
}  // namespace vitrine::cpu
