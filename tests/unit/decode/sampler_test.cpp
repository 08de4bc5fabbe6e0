// SPDX-License-Identifier: Apache-2.0
// The chain as a whole, single stages where the recorded reference has no case, and the JSON of settings.
#include "engine/decode/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/rng.h"

using namespace vitrine;
using testing::HasSubstr;

namespace {

StageSpec stage(std::string name, double value) { return {.name = name, .parameters = {{name, value}}}; }

std::vector<float> noise(int n, uint32_t stream, double scale) {
  std::vector<float> row;
  for (int i = 0; i < n; ++i) row.push_back(float(scale * (uniform(1, uint64_t(i), stream) - 0.5)));
  return row;
}

template <class Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace

TEST(Sampler, BadLogitsNameTheToken) {
  const SamplerChain chain(default_sampler());
  std::vector<float> row(300, 1.0f);
  row[217] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(error_of([&] { chain.pick(row, {}); }), HasSubstr("token 217 is not a number"));
  row[217] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(error_of([&] { chain.pick(row, {}); }), HasSubstr("token 217 is infinite"));
  row.assign(300, -std::numeric_limits<float>::infinity());
  EXPECT_THAT(error_of([&] { chain.pick(row, {}); }), HasSubstr("all 300 logits are -inf"));
  EXPECT_THAT(error_of([&] { chain.pick({}, {}); }), HasSubstr("0 logits"));
  row[3] = -5;
  EXPECT_EQ(chain.pick(row, {}), 3);
}

TEST(Sampler, GreedyTakesTheLowestIdAmongTies) {
  std::vector<float> row = noise(70000, 3, 1);
  row[64] = row[63] = row[69999] = 7;
  EXPECT_EQ(SamplerChain(greedy_sampler()).pick(row, {}), 63);
  EXPECT_EQ(SamplerChain({{stage("temperature", 0)}}).pick(row, {}), 63);
}

// The head of a row must not depend on how it was found: against sorting everything, for sizes around the block
// borders.
TEST(Sampler, OrderIsThatOfAFullSort) {
  for (const int n : {1, 2, 63, 64, 65, 1000, 4097, 70001}) {
    std::vector<float> row = noise(n, uint32_t(n), 20);
    for (int i = 0; i < n; i += 3) row[size_t(i)] = float(std::round(row[size_t(i)]));  // ties, and -0 beside +0
    std::vector<int32_t> sorted(size_t(n), 0);
    for (int i = 0; i < n; ++i) sorted[size_t(i)] = i;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](int32_t a, int32_t b) { return row[size_t(a)] > row[size_t(b)]; });
    const Distribution d = SamplerChain({}).shape(row, {});
    ASSERT_EQ(d.entries.size(), size_t(n));
    for (int i = 0; i < n; ++i) ASSERT_EQ(d.entries[size_t(i)].id, sorted[size_t(i)]) << n << " " << i;
    const Distribution head = SamplerChain({{stage("top_p", 0.3)}}).shape(row, {});
    for (size_t i = 0; i < head.entries.size(); ++i) ASSERT_EQ(head.entries[i].id, sorted[i]) << n << " " << i;
  }
}

TEST(Sampler, StagesRunInTheGivenOrder) {
  const std::vector<float> row{0, 1, 2, 3, 3.5f};
  const auto kept = [&](std::vector<StageSpec> stages) {
    return SamplerChain({std::move(stages)}).shape(row, {}).entries.size();
  };
  EXPECT_EQ(kept({stage("temperature", 10), stage("top_p", 0.7)}), 4u);
  EXPECT_EQ(kept({stage("top_p", 0.7), stage("temperature", 10)}), 2u);
}

TEST(Sampler, TraceIsAFunnel) {
  const std::vector<float> row = noise(5000, 8, 16);
  SamplerSpec spec = default_sampler();
  spec.stages[1].enabled = false;
  std::vector<StageTrace> trace;
  const std::vector<int32_t> history{1, 2, 3};
  const Distribution d = SamplerChain(spec).shape(row, {.history = history}, &trace);
  ASSERT_EQ(trace.size(), 6u);
  double left = 1;
  for (size_t i = 0; i < trace.size(); ++i) {
    EXPECT_EQ(trace[i].stage, int(i == 0 ? 0 : i + 1));
    if (i) {
      EXPECT_EQ(trace[i].entered, trace[i - 1].kept);
      EXPECT_NEAR(trace[i].entropy_before, trace[i - 1].entropy_after, 1e-12);
    }
    left *= 1 - trace[i].removed_mass;
  }
  EXPECT_EQ(trace[2].kept, 40);
  EXPECT_EQ(size_t(trace.back().kept), d.entries.size());
  EXPECT_LT(left, 1);
  EXPECT_GT(left, 0);
}

// Penalties of the answer follow the definition in the API reference: count times a, plus b once.
TEST(Sampler, FrequencyAndPresenceCountTheAnswer) {
  const std::vector<float> row(10, 1.0f);
  const std::vector<int32_t> history{3, 3, 3, 4, 5, 4};
  SamplerSpec spec{{stage("frequency_penalty", 0.5), stage("presence_penalty", 0.25)}};
  std::vector<float> processed = SamplerChain(spec).process(row, {.history = history, .prompt_tokens = 3});
  EXPECT_FLOAT_EQ(processed[3], 1);
  EXPECT_FLOAT_EQ(processed[4], 1 - 2 * 0.5f - 0.25f);
  EXPECT_FLOAT_EQ(processed[5], 1 - 0.5f - 0.25f);
  for (StageSpec& s : spec.stages) s.parameters.emplace_back("last_n", 1);
  processed = SamplerChain(spec).process(row, {.history = history, .prompt_tokens = 3});
  EXPECT_FLOAT_EQ(processed[5], 1);
  EXPECT_FLOAT_EQ(processed[4], 0.25f);
}

TEST(Sampler, BansThatLeaveNothingBanNothing) {
  const std::vector<float> row{1, 2, 3};
  const std::vector<int32_t> history{0, 1, 2};
  const StageSpec once{.name = "no_repeat_ngram", .parameters = {{"no_repeat_ngram_size", 1}}};
  EXPECT_EQ(SamplerChain({{once}}).shape(row, {.history = history}).entries.size(), 3u);
  EXPECT_EQ(SamplerChain({{once}}).shape(row, {.history = std::span(history).first(2)}).entries.size(), 1u);
}

TEST(Sampler, TopNSigma) {
  // mean 0, sigma 2, largest 4: one sigma below it is 2
  const std::vector<float> row{4, 2, -2, -2, -2, 0, 0, 0};
  EXPECT_EQ(SamplerChain({{stage("top_n_sigma", 1)}}).shape(row, {}).entries.size(), 2u);
  EXPECT_EQ(SamplerChain({{stage("top_n_sigma", 2)}}).shape(row, {}).entries.size(), 5u);
}

TEST(Sampler, DrawsFollowTheProbabilities) {
  const std::vector<float> row{0, float(std::log(2.0)), float(std::log(5.0))};
  int counts[3] = {};
  for (uint64_t step = 0; step < 8000; ++step) ++counts[SamplerChain({{}, 42}).pick(row, {.step = step})];
  EXPECT_NEAR(counts[0], 1000, 120);
  EXPECT_NEAR(counts[1], 2000, 160);
  EXPECT_NEAR(counts[2], 5000, 180);
}

TEST(SamplerJson, RoundTrip) {
  SamplerSpec spec = default_sampler();
  spec.seed = ~uint64_t(0);
  spec.stages.push_back({.name = "logit_bias", .bias = {{7, -1.5f}, {8, -std::numeric_limits<float>::infinity()}}});
  spec.stages.push_back({.name = "bad_words", .sequences = {{1, 2}, {3}}, .enabled = false});
  EXPECT_EQ(sampler_from_json(sampler_to_json(spec)), spec);
}

TEST(SamplerJson, WhatIsWrongIsNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "no JSON"},
      {"[1]", "object"},
      {R"({"stages": 1})", "stages"},
      {R"({"stages": [], "sed": 1})", "sed"},
      {R"({"stages": [], "seed": -1})", "seed"},
      {R"({"stages": [], "seed": 1.5})", "seed"},
      {R"({"stages": [{"parameters": {}}]})", "stages[0].name"},
      {R"({"stages": [{"name": "top_k", "k": 1}]})", "stages[0].k"},
      {R"({"stages": [{"name": "top_k", "parameters": {"k": 1}}]})", "k"},
      {R"({"stages": [{"name": "top_k", "parameters": {"top_k": "1"}}]})", "stages[0].parameters.top_k"},
      {R"({"stages": [{"name": "top_k", "parameters": [1]}]})", "stages[0].parameters"},
      {R"({"stages": [{"name": "top_k", "parameters": {"top_k": -1}}]})", "from 0 to 2147483647"},
      {R"({"stages": [{"name": "top_k", "enabled": 1}]})", "stages[0].enabled"},
      {R"({"stages": [{"name": "top_k", "bias": [[1, 2]]}]})", "bias"},
      {R"({"stages": [{"name": "logit_bias", "bias": [[-1, 2]]}]})", "bias"},
      {R"({"stages": [{"name": "logit_bias", "bias": [[1e300, 2]]}]})", "bias"},
      {R"({"stages": [{"name": "logit_bias", "bias": [[1, "x"]]}]})", "bias"},
      {R"({"stages": [{"name": "bad_words", "sequences": [1]}]})", "sequences"},
      {R"({"stages": [{"name": "bad_words", "sequences": [[]]}]})", "sequence"},
      {R"({"stages": [{"name": "best"}]})", "best"},
      {R"({"stages": ["top_k"]})", "stages[0]"},
  };
  for (const auto& [json, named] : cases)
    EXPECT_THAT(error_of([json = json] { sampler_from_json(json); }), HasSubstr(named)) << json;
}

TEST(Sampler, ReadyMadeOnesAreValid) {
  for (const SamplerSpec& spec : {default_sampler(), greedy_sampler()}) EXPECT_NO_THROW(SamplerChain{spec});
}
