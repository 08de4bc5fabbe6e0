// SPDX-License-Identifier: Apache-2.0
// A forced token that is not certain, or that stays forced beyond its place, gives a translation in the wrong language.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/decode/sampler.h"

namespace vitrine {
namespace {

TEST(ForcedToken, IsCertainAtItsPlaceAndNowhereElse) {
  const std::vector<float> row{0, -5, 3, 1};
  const SamplerChain chain({{{.name = "forced_token", .parameters = {{"step", 2}, {"token", 1}}}, {.name = "greedy"}}});
  for (uint64_t step = 0; step < 4; ++step) {
    const DecodeView view{.step = step};
    EXPECT_EQ(chain.pick(row, view), step == 2 ? 1 : 2) << step;
  }
  const SamplerChain alone({{{.name = "forced_token", .parameters = {{"step", 0}, {"token", 1}}}}});
  EXPECT_EQ(alone.process(row, {}), (std::vector<float>{-INFINITY, 0, -INFINITY, -INFINITY}));
}

TEST(ForcedToken, WinsOverABanBehindIt) {
  const std::vector<int32_t> end{1};
  const SamplerChain chain({{{.name = "forced_token", .parameters = {{"step", 0}, {"token", 1}}}, {.name = "min_length", .parameters = {{"min_length", 9}}}}});
  EXPECT_EQ(chain.pick(std::vector<float>{0, -5, 3}, {.end_ids = end}), 1);
}

TEST(Sampler, BeamSearchGoesWithoutDrawing) {
  SamplerSpec all{.seed = 5};
  for (const StageInfo& info : sampler_stages()) all.stages.push_back({.name = std::string(info.name)});
  const SamplerSpec kept = without_drawing(all);
  EXPECT_EQ(kept.seed, 5u);
  for (const char* name : {"repetition_penalty", "no_repeat_ngram", "bad_words", "forced_token", "min_length"})
    EXPECT_TRUE(std::any_of(kept.stages.begin(), kept.stages.end(), [&](const StageSpec& s) { return s.name == name; })) << name;
  for (const char* name : {"temperature", "top_k", "top_p", "min_p", "typical_p", "greedy"})
    EXPECT_FALSE(std::any_of(kept.stages.begin(), kept.stages.end(), [&](const StageSpec& s) { return s.name == name; })) << name;
}

}  // namespace
}  // namespace vitrine
