// SPDX-License-Identifier: Apache-2.0
// The engine door: what a window relies on. A tiny random checkpoint stands in for a model; it has no tokenizer, so tokens go in and out.
#include <cmath>
#include <numeric>

#include "tests/unit/run/desk.h"

using namespace vitrine;
using namespace vitrine::test;

TEST(Engine, AnswersAndEndsOnce) {
  Desk desk;
  desk.open();
  const JobId job = desk.engine.submit(question(1, kPrompt));
  EXPECT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
  EXPECT_EQ(desk.of<TokenOut>(job).size(), 12u);
  EXPECT_EQ(desk.of<PromptDone>(job).size(), 1u);
  ASSERT_EQ(desk.of<Answered>(job).size(), 1u);
  EXPECT_EQ(desk.of<Answered>(job)[0].reason, StopReason::max_tokens);
  EXPECT_EQ(desk.of<JobEnded>(job).size(), 1u);
}

TEST(Engine, TheSameSeedGivesTheSameTextWhateverElseRuns) {
  Desk desk;
  desk.open();
  const JobId alone = desk.engine.submit(question(1, kPrompt, 7, 24));
  desk.wait(alone);
  const JobId a = desk.engine.submit(question(2, kPrompt, 7, 24)), b = desk.engine.submit(question(3, {1, 2, 3, 4, 5, 6, 7}, 9, 24));
  desk.wait(a);
  desk.wait(b);
  EXPECT_EQ(desk.answer(alone), desk.answer(a));
  const JobId other = desk.engine.submit(question(4, kPrompt, 8, 24));
  desk.wait(other);
  EXPECT_NE(desk.answer(alone), desk.answer(other));
}

TEST(Engine, AnEditedTokenRunsOnlyWhatFollowsIt) {
  Desk desk;
  desk.open();
  const JobId first = desk.engine.submit(question(1, kPrompt, 3, 20));
  desk.wait(first);
  std::vector<int32_t> edited = kPrompt;
  const std::vector<int32_t> said = desk.answer(first);
  edited.insert(edited.end(), said.begin(), said.begin() + 10);
  edited.back() = (edited.back() + 1) % 160;
  Generate request = question(2, edited, 3, 5);
  request.fork_of = 1;
  request.prompt_tokens = int(kPrompt.size());
  request.first_step = 10;
  const JobId forked = desk.engine.submit(request);
  desk.wait(forked);
  ASSERT_EQ(desk.of<PromptDone>(forked).size(), 1u);
  EXPECT_EQ(desk.of<PromptDone>(forked)[0].reused, int64_t(kPrompt.size()) + 9);
  request.lane = 9;
  request.fork_of = 0;
  const JobId fresh = desk.engine.submit(request);
  desk.wait(fresh);
  EXPECT_EQ(desk.of<PromptDone>(fresh)[0].reused, 0);
  EXPECT_EQ(desk.answer(forked), desk.answer(fresh)) << "a fork gives what a fresh run gives";
}

TEST(Engine, CancelEndsAJobAndTheEngineGoesOn) {
  Desk desk;
  desk.open();
  const JobId endless = desk.engine.submit(question(1, kPrompt, 1, 100));
  desk.engine.cancel(endless);
  const JobEnded ended = desk.wait(endless);
  EXPECT_TRUE(ended.outcome == JobEnded::Outcome::cancelled || ended.outcome == JobEnded::Outcome::done);
  const JobId next = desk.engine.submit(question(2, kPrompt));
  EXPECT_EQ(desk.wait(next).outcome, JobEnded::Outcome::done);
}

TEST(Engine, AttentionOfTheAnswerIsThereWithoutAnotherRun) {
  Desk desk;
  desk.open();
  const JobId job = desk.engine.submit(question(1, kPrompt));
  desk.wait(job);
  const JobId look = desk.engine.submit(Inspect{.what = Inspect::What::attention_row, .lane = 1, .layer = 1, .head = -1, .row_from = 10});
  ASSERT_EQ(desk.wait(look).outcome, JobEnded::Outcome::done);
  const TapOut out = desk.of<TapOut>(look).at(0);
  EXPECT_FALSE(out.recomputed);
  EXPECT_EQ(out.values->shape(), Shape({4, 11}));
  const std::vector<float> rows = out.values->f32();
  for (int head = 0; head < 4; ++head) EXPECT_NEAR(std::accumulate(rows.begin() + head * 11, rows.begin() + (head + 1) * 11, 0.0), 1.0, 2e-3);
}

TEST(Engine, KeptLogitsAreWhatWasSampledFrom) {
  Desk desk;
  desk.open();
  const JobId job = desk.engine.submit(question(1, kPrompt));
  desk.wait(job);
  const std::vector<TokenOut> tokens = desk.of<TokenOut>(job);
  for (size_t i = 0; i < tokens.size(); ++i) {
    const JobId look = desk.engine.submit(Inspect{.what = Inspect::What::logits, .lane = 1, .row_from = tokens[i].position - 1});
    ASSERT_EQ(desk.wait(look).outcome, JobEnded::Outcome::done);
    const std::vector<float> logits = desk.of<TapOut>(look).at(0).values->f32();
    double sum = 0;
    for (float logit : logits) sum += std::exp(double(logit));
    EXPECT_NEAR(tokens[i].logprob, double(logits[size_t(tokens[i].id)]) - std::log(sum), 1e-5);
  }
}

TEST(Engine, JudgingAgainWithTheSameSamplerChangesNothing) {
  Desk desk;
  desk.open();
  const JobId job = desk.engine.submit(question(1, kPrompt, 5, 20));
  desk.wait(job);
  const JobId same = desk.engine.submit(Resample{.lane = 1, .sampler = warm(5), .trace_step = 3});
  ASSERT_EQ(desk.wait(same).outcome, JobEnded::Outcome::done);
  const ResampleOut out = desk.of<ResampleOut>(same).at(0);
  ASSERT_EQ(out.steps.size(), 20u);
  for (const Rejudged& step : out.steps) EXPECT_EQ(step.was, step.now) << step.step;
  EXPECT_FALSE(out.after.entries.empty());
  const JobId one = desk.engine.submit(Resample{.lane = 1, .sampler = warm(5), .trace_step = 3, .answer_from = 3, .answer_to = 4});
  ASSERT_EQ(desk.wait(one).outcome, JobEnded::Outcome::done);
  const ResampleOut part = desk.of<ResampleOut>(one).at(0);
  ASSERT_EQ(part.steps.size(), 1u);
  EXPECT_EQ(part.steps[0].step, out.steps[3].step);
  EXPECT_EQ(part.steps[0].probability_was, out.steps[3].probability_was);
  EXPECT_EQ(part.u, out.u);
  EXPECT_EQ(part.after.entries.size(), out.after.entries.size());
  const JobId cold = desk.engine.submit(Resample{.lane = 1, .sampler = greedy_sampler()});
  desk.wait(cold);
  const std::vector<TokenOut> tokens = desk.of<TokenOut>(job);
  const ResampleOut greedy = desk.of<ResampleOut>(cold).at(0);
  for (const Rejudged& step : greedy.steps) EXPECT_EQ(step.now, tokens[size_t(step.step)].top.at(0).id);
}

TEST(Engine, AReopenedAnswerIsRecomputedAndSaysSo) {
  Desk desk;
  desk.open();
  const JobId job = desk.engine.submit(question(1, kPrompt));
  desk.wait(job);
  const Inspect look{.what = Inspect::What::attention_row, .lane = 1, .layer = 2, .head = 1, .row_from = 9};
  const JobId live = desk.engine.submit(look);
  desk.wait(live);
  std::vector<int32_t> all = kPrompt;
  for (int32_t id : desk.answer(job)) all.push_back(id);
  Generate restored = question(5, all, 1, 0);
  restored.prompt_tokens = int(kPrompt.size());
  ASSERT_EQ(desk.wait(desk.engine.submit(restored)).outcome, JobEnded::Outcome::done);
  Inspect again = look;
  again.lane = 5;
  const JobId later = desk.engine.submit(again);
  ASSERT_EQ(desk.wait(later).outcome, JobEnded::Outcome::done);
  EXPECT_TRUE(desk.of<TapOut>(later).at(0).recomputed);
  EXPECT_EQ(desk.of<TapOut>(later).at(0).values->f32(), desk.of<TapOut>(live).at(0).values->f32());
}

TEST(Engine, BadRequestsAreOneClearErrorAndTheEngineGoesOn) {
  Desk desk;
  const JobId early = desk.engine.submit(question(1, kPrompt));
  EXPECT_EQ(desk.wait(early).outcome, JobEnded::Outcome::failed);
  const JobId nowhere = desk.engine.submit(LoadModel{.path = "/nowhere/model.gguf"});
  const JobEnded ended = desk.wait(nowhere);
  ASSERT_EQ(ended.outcome, JobEnded::Outcome::failed);
  EXPECT_NE(std::string(ended.error->what()).find("/nowhere/model.gguf"), std::string::npos);
  desk.open();
  const Command bad[] = {question(1, {}),
                         question(1, {5000}),
                         question(1, std::vector<int32_t>(500, 3)),
                         Inspect{.what = Inspect::What::attention_tile, .lane = 77},
                         Resample{.lane = 77, .sampler = warm(1)},
                         TensorStatistics{"no such tensor"},
                         Score{.lane = 1, .tokens = {1}}};
  for (const Command& command : bad) EXPECT_EQ(desk.wait(desk.engine.submit(command)).outcome, JobEnded::Outcome::failed);
  EXPECT_EQ(desk.wait(desk.engine.submit(question(1, kPrompt))).outcome, JobEnded::Outcome::done);
}

TEST(Engine, AnEncoderRefusesToGenerate) {
  Desk desk;
  desk.open("bert");
  const JobEnded ended = desk.wait(desk.engine.submit(question(1, kPrompt)));
  ASSERT_EQ(ended.outcome, JobEnded::Outcome::failed);
  EXPECT_EQ(ended.error->kind(), ErrorKind::unsupported);
}

TEST(Engine, TensorStatisticsCountEveryValue) {
  Desk desk;
  desk.open();
  const JobId job = desk.engine.submit(TensorStatistics{"model.norm.weight", 16});
  ASSERT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
  const TensorStatisticsOut out = desk.of<TensorStatisticsOut>(job).at(0);
  EXPECT_EQ(out.count, 48);
  EXPECT_EQ(std::accumulate(out.histogram.begin(), out.histogram.end(), int64_t(0)), 48);
  EXPECT_NEAR(out.mean, 1, 0.2);
}

TEST(Engine, ScoresAreTheLogProbabilitiesOfTheText) {
  Desk desk;
  desk.open();
  Generate request = question(1, kPrompt, 1, 1);
  request.score_prompt = true;
  const JobId live = desk.engine.submit(request);
  desk.wait(live);
  const JobId score = desk.engine.submit(Score{.lane = 1, .tokens = kPrompt});
  desk.wait(score);
  const std::vector<float> nll = desk.of<ScoreOut>(score).at(0).nll;
  ASSERT_EQ(nll.size(), kPrompt.size() - 1);
  size_t i = 0;
  for (const TokenOut& token : desk.of<TokenOut>(live)) {
    if (!token.prompt) continue;
    EXPECT_NEAR(-token.logprob, nll[i++], 1e-4);
  }
  EXPECT_EQ(i, nll.size());
}
