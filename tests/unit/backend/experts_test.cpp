// SPDX-License-Identifier: Apache-2.0
// Routing, combining and the clamped SwiGLU against plain double precision, at every instruction set.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "levels.h"

namespace vitrine::test {
namespace {

using Score = RouteRule::Score;

struct Choice {
  std::vector<int> ids;
  std::vector<double> weights;
};

std::vector<double> softmax(std::vector<double> x) {
  const double most = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (double& v : x) sum += v = std::exp(v - most);
  for (double& v : x) v /= sum;
  return x;
}

std::vector<int> by_size(const std::vector<double>& x) {
  std::vector<int> ids(x.size());
  std::iota(ids.begin(), ids.end(), 0);
  std::stable_sort(ids.begin(), ids.end(), [&](int a, int b) { return x[size_t(a)] > x[size_t(b)]; });
  return ids;
}

/// Experts outside the best groups become impossible.
void limit_groups(std::vector<double>& worth, const RouteRule& rule) {
  const size_t width = worth.size() / size_t(rule.groups);
  std::vector<double> of_group;
  for (int g = 0; g < rule.groups; ++g) {
    std::vector<double> mine(worth.begin() + int64_t(width) * g, worth.begin() + int64_t(width) * (g + 1));
    std::sort(mine.rbegin(), mine.rend());
    of_group.push_back(rule.group_by_two ? mine[0] + mine[1] : mine[0]);
  }
  const std::vector<int> order = by_size(of_group);
  for (int i = rule.groups_used; i < rule.groups; ++i)
    std::fill_n(worth.begin() + int64_t(width) * order[size_t(i)], width, -INFINITY);
}

Choice mixed(const std::vector<double>& logits, const RouteRule& rule) {
  Choice choice;
  std::vector<double> left = logits;
  for (int j = 0; j < rule.used; ++j) {
    const int best = by_size(left)[0];
    const double most = left[size_t(best)];
    std::vector<double> gates = left;
    for (size_t e = 0; e < gates.size(); ++e)
      if ((most - logits[e]) / std::max(std::abs(logits[e]), most) > 2 * double(rule.jitter)) gates[e] = -INFINITY;
    choice.ids.push_back(best);
    choice.weights.push_back(softmax(gates)[size_t(best)]);
    left[size_t(best)] = -INFINITY;
  }
  return choice;
}

Choice choose(const std::vector<double>& logits, const std::vector<float>& bias, const RouteRule& rule) {
  if (rule.score == Score::sparse_mixer) return mixed(logits, rule);
  std::vector<double> scores = rule.score == Score::softmax ? softmax(logits) : logits;
  if (rule.score == Score::sigmoid)
    for (double& s : scores) s = 1 / (1 + std::exp(-s));
  std::vector<double> worth = scores;
  for (size_t e = 0; e < worth.size() && !bias.empty(); ++e) worth[e] += double(bias[e]);
  if (rule.groups > 1) limit_groups(worth, rule);
  Choice choice;
  for (int j = 0; j < rule.used; ++j) {
    choice.ids.push_back(by_size(worth)[size_t(j)]);
    choice.weights.push_back(scores[size_t(choice.ids.back())]);
  }
  if (rule.score == Score::softmax_of_chosen) choice.weights = softmax(choice.weights);
  const double sum = std::accumulate(choice.weights.begin(), choice.weights.end(), 0.0);
  for (double& w : choice.weights) w = (rule.renormalize ? w / std::max(sum, double(rule.least_sum)) : w) * double(rule.scale);
  const std::vector<int> order = by_size(choice.weights);
  Choice sorted;
  for (int i : order) sorted.ids.push_back(choice.ids[size_t(i)]), sorted.weights.push_back(choice.weights[size_t(i)]);
  return sorted;
}

const RouteRule kRules[] = {
    {.score = Score::softmax, .used = 2},
    {.score = Score::softmax, .used = 3, .renormalize = true},
    {.score = Score::softmax, .used = 3, .groups = 4, .groups_used = 2, .scale = 16},
    {.score = Score::softmax, .used = 2, .renormalize = true, .least_sum = 0.9f},
    {.score = Score::sigmoid, .used = 4, .groups = 4, .groups_used = 2, .group_by_two = true, .renormalize = true, .least_sum = 1e-20f, .scale = 2.5f},
    {.score = Score::sigmoid, .used = 12},
    {.score = Score::softmax_of_chosen, .used = 4},
    {.score = Score::softmax_of_chosen, .used = 1},
    {.score = Score::sparse_mixer, .used = 2, .jitter = 0.01f},
    {.score = Score::sparse_mixer, .used = 2, .jitter = 0.4f},
};

TEST(Experts, EveryRuleChoosesAndWeighsAsItsFormulaSays) {
  constexpr int64_t kRows = 40, kExperts = 12;
  const std::vector<float> logits = normal_values(kRows * kExperts, 5), bias = normal_values(kExperts, 6, 0.3f);
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    for (size_t i = 0; i < std::size(kRules); ++i) {
      for (bool biased : {false, true}) {
        const RouteRule& rule = kRules[i];
        SCOPED_TRACE(cat(isa, ", rule ", i, biased ? ", biased" : ""));
        RouteArgs args{.logits = tensor_of(*backend, logits, {kRows, kExperts}), .ids = backend->alloc({kRows, rule.used}, DType::i32),
                       .weights = backend->alloc({kRows, rule.used}, DType::f32), .rule = rule};
        if (biased) args.bias = tensor_of(*backend, bias, {kExperts});
        backend->route(args);
        const auto ids = ints_of(*backend, args.ids);
        const auto weights = floats_of(*backend, args.weights);
        for (int64_t r = 0; r < kRows; ++r) {
          const std::vector<double> row(logits.begin() + r * kExperts, logits.begin() + (r + 1) * kExperts);
          const Choice wanted = choose(row, biased ? bias : std::vector<float>(), rule);
          for (int j = 0; j < rule.used; ++j) {
            EXPECT_EQ(ids[size_t(r * rule.used + j)], wanted.ids[size_t(j)]) << "row " << r;
            EXPECT_NEAR(weights[size_t(r * rule.used + j)], wanted.weights[size_t(j)], 2e-6 * std::max(1.0f, rule.scale)) << "row " << r;
          }
        }
        const std::vector<int32_t> chosen = ids;
        args.forced = true;
        backend->route(args);
        EXPECT_EQ(ints_of(*backend, args.ids), chosen);
        EXPECT_EQ(floats_of(*backend, args.weights), weights) << "forcing what was chosen changed a weight";
      }
    }
  }
}

TEST(Experts, LogitsThatAreNotNumbersStillNameExpertsThatExist) {
  const auto backend = backend_of("scalar");
  RouteArgs args{.logits = tensor_of(*backend, std::vector<float>(8, NAN), {1, 8}), .ids = backend->alloc({1, 3}, DType::i32),
                 .weights = backend->alloc({1, 3}, DType::f32), .rule = {.used = 3}};
  backend->route(args);
  for (int32_t id : ints_of(*backend, args.ids)) EXPECT_TRUE(id >= 0 && id < 8) << id;
}

TEST(Experts, CombiningAddsWeightedSlots) {
  const std::vector<float> y = normal_values(6 * 21, 1);
  const std::vector<float> weights{0.5f, 2, 0.25f, 1, 3, -1};
  const std::vector<int32_t> slots{4, 1, 5, 0, 2, 3};
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    const Tensor out = backend->alloc({2, 21}, DType::f32);
    backend->combine({.y = tensor_of(*backend, y, {6, 21}), .slot_ids = tensor_of(*backend, slots, {2, 3}), .weights = tensor_of(*backend, weights, {2, 3}), .out = out});
    const auto got = floats_of(*backend, out);
    for (size_t r = 0; r < 2; ++r)
      for (size_t c = 0; c < 21; ++c) {
        double wanted = 0;
        for (size_t j = 0; j < 3; ++j) wanted += double(weights[r * 3 + j]) * double(y[size_t(slots[r * 3 + j]) * 21 + c]);
        EXPECT_NEAR(got[r * 21 + c], wanted, 1e-5) << isa;
      }
    EXPECT_THROW(backend->combine({.y = tensor_of(*backend, y, {6, 21}), .slot_ids = tensor_of(*backend, std::vector<int32_t>{6, 0, 0, 0, 0, 0}, {2, 3}),
                                   .weights = tensor_of(*backend, weights, {2, 3}), .out = out}), Error);
  }
}

TEST(Experts, TheClampedSwigluClampsBothSides) {
  const std::vector<float> gate = normal_values(100, 1, 6), up = normal_values(100, 2, 6);
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    const Tensor out = backend->alloc({4, 25}, DType::f32);
    backend->clamped_glu({.gate = tensor_of(*backend, gate, {4, 25}), .up = tensor_of(*backend, up, {4, 25}), .out = out, .alpha = 1.702f, .limit = 7});
    const auto got = floats_of(*backend, out);
    for (size_t i = 0; i < 100; ++i) {
      const double g = std::min(double(gate[i]), 7.0), u = std::clamp(double(up[i]), -7.0, 7.0);
      EXPECT_NEAR(got[i], (u + 1) * g / (1 + std::exp(-1.702 * g)), 2e-5) << isa;
    }
  }
}

}  // namespace
}  // namespace vitrine::test
