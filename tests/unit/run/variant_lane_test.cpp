// SPDX-License-Identifier: Apache-2.0
// Would break: two lanes of one model, one of them with other positions or another attention, would share what they must not share, or a
// scheme that cannot be read would end the engine.
#include <gmock/gmock.h>

#include "engine/run/command_json.h"
#include "engine/text/tokenizer.h"
#include "tests/unit/run/desk.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

Generate variant(LaneId lane, VariantText text) {
  Generate request = question(lane, kPrompt);
  request.precision = Precision::exact;
  request.variant = std::move(text);
  return request;
}
std::vector<float> logprobs(const Desk& desk, JobId job) {
  std::vector<float> list;
  for (const TokenOut& token : desk.of<TokenOut>(job)) list.push_back(token.logprob);
  return list;
}

}  // namespace

TEST(VariantLanes, ALaneRunsAVariantAndTheOthersDoNotNotice) {
  Desk desk;
  desk.open();
  const JobId own = desk.engine.submit(variant(1, {})), same = desk.engine.submit(variant(2, {"rope", ""})), other = desk.engine.submit(variant(3, {"none", "window=2"}));
  for (const JobId job : {own, same, other}) ASSERT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
  EXPECT_EQ(desk.answer(own), desk.answer(same));
  EXPECT_EQ(logprobs(desk, own), logprobs(desk, same));
  EXPECT_NE(logprobs(desk, own), logprobs(desk, other));
  const JobId again = desk.engine.submit(variant(4, {}));
  ASSERT_EQ(desk.wait(again).outcome, JobEnded::Outcome::done);
  EXPECT_EQ(logprobs(desk, own), logprobs(desk, again));
}

TEST(VariantLanes, ACacheIsNotReusedUnderAnotherScheme) {
  Desk desk;
  desk.open();
  ASSERT_EQ(desk.wait(desk.engine.submit(variant(1, {}))).outcome, JobEnded::Outcome::done);
  const auto reused = [&](VariantText text) {
    const JobId job = desk.engine.submit(variant(1, std::move(text)));
    EXPECT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
    return desk.of<PromptDone>(job).at(0).reused;
  };
  EXPECT_GT(reused({}), 0);
  EXPECT_EQ(reused({"linear:factor=2", ""}), 0);
  EXPECT_GT(reused({"linear:factor=2", ""}), 0);
  EXPECT_EQ(reused({"linear:factor=2", "kv_heads=1"}), 0);
}

TEST(VariantLanes, AttentionIsShownAsTheVariantHasIt) {
  Desk desk;
  desk.open();
  ASSERT_EQ(desk.wait(desk.engine.submit(variant(1, {"", "window=2"}))).outcome, JobEnded::Outcome::done);
  const JobId look = desk.engine.submit(Inspect{.what = Inspect::What::attention_row, .lane = 1, .layer = 0, .head = 0, .row_from = 4, .row_to = 5});
  ASSERT_EQ(desk.wait(look).outcome, JobEnded::Outcome::done);
  const std::vector<float> row = desk.of<TapOut>(look).at(0).values->f32();
  EXPECT_EQ(row[0] + row[1] + row[2], 0);
  EXPECT_NEAR(row[3] + row[4], 1, 1e-3);
}

TEST(VariantLanes, WhatCannotBeReadEndsTheJobWithARemedy) {
  Desk desk;
  desk.open();
  for (const VariantText& text : {VariantText{"spiral", ""}, VariantText{"yarn:factor=-1", ""}, VariantText{"", "kv_heads=3"}, VariantText{"learned", ""}}) {
    const JobEnded ended = desk.wait(desk.engine.submit(variant(1, text)));
    ASSERT_EQ(ended.outcome, JobEnded::Outcome::failed);
    EXPECT_NE(ended.error->hint(), "");
  }
  EXPECT_EQ(desk.wait(desk.engine.submit(variant(1, {}))).outcome, JobEnded::Outcome::done);
}

/// A text that is compared or filled in runs under the scheme it came with, and the open model stays as it was.
TEST(VariantLanes, EncodersAnswerUnderTheSchemeAskedFor) {
  Desk desk;
  ASSERT_EQ(desk.load(std::filesystem::path(VITRINE_TEST_DATA) / "encoders/bert").outcome, JobEnded::Outcome::done);
  const auto tokenizer = desk.of<ModelLoaded>(1).at(0).tokenizer;
  const int32_t mask = tokenizer->mask_id().value();
  const auto filled = [&](VariantText text) {
    const JobId job = desk.engine.submit(FillMask{.tokens = {2, 40, mask, 60, 41, 3}, .precision = Precision::exact, .variant = std::move(text)});
    EXPECT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
    return desk.of<FillMaskOut>(job).at(0).masks.at(0).entropy;
  };
  const auto embedded = [&](VariantText text) {
    const JobId job = desk.engine.submit(Embed{.texts = {"the cat sat"}, .precision = Precision::exact, .variant = std::move(text)});
    EXPECT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
    return desk.of<EmbedOut>(job).at(0).values->f32();
  };
  const auto looked_at = [&](VariantText text) {
    EXPECT_EQ(desk.wait(desk.engine.submit(Read{.lane = 1, .tokens = {2, 40, 50, 60, 41, 3}, .precision = Precision::exact, .variant = std::move(text)})).outcome,
              JobEnded::Outcome::done);
    const JobId job = desk.engine.submit(Inspect{.what = Inspect::What::attention_row, .attention = Inspect::Attention::encoder, .lane = 1, .row_from = 0, .row_to = 1});
    EXPECT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
    return desk.of<TapOut>(job).at(0).values->f32();
  };
  const VariantText own, none{"none", ""}, near{"", "window=1"};
  const float entropy = filled(own);
  EXPECT_NE(filled(none), entropy);
  EXPECT_NE(filled(near), entropy);
  EXPECT_EQ(filled(own), entropy);
  const std::vector<float> vector = embedded(own);
  EXPECT_NE(embedded(none), vector);
  EXPECT_NE(embedded(near), vector);
  EXPECT_EQ(embedded(own), vector);
  EXPECT_GT(looked_at(own)[3], 0);
  EXPECT_EQ(looked_at(near)[3], 0);  // outside the window of one token to each side
  const JobId nonsense = desk.engine.submit(FillMask{.tokens = {2, mask, 3}, .variant = {"sideways", ""}});
  EXPECT_EQ(desk.wait(nonsense).outcome, JobEnded::Outcome::failed);
}
