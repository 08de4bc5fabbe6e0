// SPDX-License-Identifier: Apache-2.0
// Encoders and encoder-decoders through the engine's door, against what transformers and sentence-transformers recorded for the checkpoints
// of tests/data/encoders (golden.json): a wrong candidate, vector or answer there is wrong for a user.
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/core/text.h"
#include "engine/text/tokenizer.h"
#include "tests/unit/run/desk.h"

namespace vitrine {
namespace {

using nlohmann::json;
using test::Desk;

const std::filesystem::path kFolder = std::filesystem::path(VITRINE_TEST_DATA) / "encoders";

/// Every recorded checkpoint of a kind: visit(desk with it open, what was said when it opened, a recorded case).
template <class Visit>
void each_case(const char* kind, Visit visit) {
  std::ifstream file(kFolder / "golden.json");
  const json golden = json::parse(file);
  ASSERT_FALSE(golden.at(kind).empty());
  for (const auto& [name, cases] : golden.at(kind).items()) {
    SCOPED_TRACE(name);
    Desk desk;
    ASSERT_EQ(desk.load(kFolder / name).outcome, JobEnded::Outcome::done);
    const auto loaded = std::get<ModelLoaded>(
        std::find_if(desk.all.begin(), desk.all.end(), [](const Event& e) { return std::holds_alternative<ModelLoaded>(e.body); })->body);
    for (const json& recorded : cases) visit(desk, loaded, recorded);
  }
}

/// The one answer of a job that has to succeed.
template <class T>
T answer_of(Desk& desk, JobId job) {
  const JobEnded ended = desk.wait(job);
  EXPECT_EQ(ended.outcome, JobEnded::Outcome::done) << (ended.error ? ended.error->what() : "");
  const std::vector<T> found = desk.of<T>(job);
  EXPECT_EQ(found.size(), 1u);
  return found.empty() ? T{} : found[0];
}

std::string error_of(Desk& desk, JobId job) {
  const JobEnded ended = desk.wait(job);
  EXPECT_EQ(ended.outcome, JobEnded::Outcome::failed);
  return ended.error ? ended.error->what() : "";
}

void expect_near(const std::vector<float>& got, const json& rows, double tolerance) {
  size_t at = 0;
  double worst = 0;
  for (const json& row : rows)
    for (const json& value : row) {
      ASSERT_LT(at, got.size());
      worst = std::max(worst, std::abs(double(got[at++]) - value.get<double>()));
    }
  EXPECT_EQ(at, got.size());
  EXPECT_LE(worst, tolerance);
}

/// As the command line and the window ask: the checkpoint's own way to decode.
Generate as_the_checkpoint_asks(const ModelLoaded& loaded, const std::vector<int32_t>& source, bool greedy) {
  const GenerationDefaults& defaults = loaded.facts->generation;
  Generate request{.lane = 1, .source = source, .beam = defaults.beam, .max_tokens = defaults.max_tokens, .precision = Precision::exact};
  if (greedy) request.beam = {};
  request.sampler = with_forced_tokens(defaults.sampler, defaults, defaults.max_tokens);
  return request;
}

TEST(Encoders, MasksAreFilledAsRecorded) {
  each_case("fill_mask", [](Desk& desk, const ModelLoaded& loaded, const json& recorded) {
    const auto ids = loaded.tokenizer->encode_ids(recorded.at("text").get<std::string>());
    EXPECT_EQ(ids, recorded.at("ids").get<std::vector<int32_t>>());
    const auto found = answer_of<FillMaskOut>(desk, desk.engine.submit(FillMask{.tokens = ids, .top_n = 5, .precision = Precision::exact}));
    ASSERT_EQ(found.masks.size(), recorded.at("masks").size());
    for (size_t i = 0; i < found.masks.size(); ++i) {
      const json& mask = recorded.at("masks")[i];
      EXPECT_EQ(found.masks[i].position, mask.at("position").get<int64_t>());
      double sum = found.masks[i].rest_mass;
      for (size_t k = 0; k < 5; ++k) {
        EXPECT_EQ(found.masks[i].top[k].id, mask.at("ids")[k].get<int32_t>());
        EXPECT_NEAR(std::exp(found.masks[i].top[k].logprob), mask.at("probabilities")[k].get<double>(), 2e-6);
        sum += std::exp(found.masks[i].top[k].logprob);
      }
      EXPECT_NEAR(sum, 1, 1e-5);
    }
  });
}

TEST(Encoders, ReplacedTokensAreFoundAsRecorded) {
  each_case("find_replaced", [](Desk& desk, const ModelLoaded&, const json& recorded) {
    const auto ids = recorded.at("ids").get<std::vector<int32_t>>();
    const auto found = answer_of<ReplacedOut>(desk, desk.engine.submit(FindReplaced{.tokens = ids, .precision = Precision::exact}));
    expect_near(found.probability, json::array({recorded.at("probabilities")}), 5e-6);
  });
}

TEST(Encoders, VectorsAndSimilaritiesAreAsRecorded) {
  each_case("embed", [](Desk& desk, const ModelLoaded&, const json& recorded) {
    const auto texts = recorded.at("texts").get<std::vector<std::string>>();
    const auto found = answer_of<EmbedOut>(desk, desk.engine.submit(Embed{.texts = texts, .precision = Precision::exact}));
    expect_near(found.values->f32(), recorded.at("vectors"), 5e-6);
    expect_near(found.similarity->f32(), recorded.at("similarity"), 2e-5);
    EXPECT_EQ(found.measure, recorded.at("measure").get<std::string>());
    EXPECT_EQ(found.max_tokens, 12);
    EXPECT_GT(found.left_out.back(), 0) << "the long text has to be cut";
    // A text's vector does not depend on those beside it.
    const auto alone = answer_of<EmbedOut>(desk, desk.engine.submit(Embed{.texts = {texts[2]}, .precision = Precision::exact}));
    const std::vector<float> all = found.values->f32(), one = alone.values->f32();
    EXPECT_TRUE(std::equal(one.begin(), one.end(), all.begin() + std::ptrdiff_t(2 * one.size())));
  });
}

TEST(Seq2seq, AnswersAsRecorded) {
  each_case("generate", [](Desk& desk, const ModelLoaded& loaded, const json& recorded) {
    const bool greedy = recorded.at("name") == "greedy";
    SCOPED_TRACE(recorded.at("name"));
    const auto source = loaded.tokenizer->encode_ids(recorded.at("text").get<std::string>());
    EXPECT_EQ(source, recorded.at("source").get<std::vector<int32_t>>());
    const JobId job = desk.engine.submit(as_the_checkpoint_asks(loaded, source, greedy));
    ASSERT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
    EXPECT_EQ(desk.answer(job), recorded.at("tokens").get<std::vector<int32_t>>());
    std::string text;
    for (const TokenOut& token : desk.of<TokenOut>(job)) text += token.text;
    EXPECT_EQ(text + desk.of<Answered>(job).at(0).tail, recorded.at("decoded").get<std::string>());
    if (greedy) return;
    const std::vector<BeamsOut> beams = desk.of<BeamsOut>(job);
    ASSERT_EQ(beams.size(), 1u);
    EXPECT_EQ(int(beams[0].hypotheses.size()), loaded.facts->generation.beam.beams);
    const double score = recorded.at("score").get<double>();
    EXPECT_NEAR(beams[0].hypotheses[0].score, score, 2e-5 * std::max(1.0, std::abs(score)));
  });
}

TEST(Seq2seq, TokensOfABeamSearchAreJudgedLikeThoseOfAGreedyAnswer) {
  Desk desk;
  ASSERT_EQ(desk.load(kFolder / "t5").outcome, JobEnded::Outcome::done);
  Generate asked{.lane = 1, .source = {9, 30, 41, 1}, .sampler = greedy_sampler(), .max_tokens = 6, .ignore_eos = true, .precision = Precision::exact};
  const JobId greedy = desk.engine.submit(asked);
  desk.wait(greedy);
  asked.lane = 2;
  asked.beam = {.beams = 3};
  const JobId searched = desk.engine.submit(asked);
  desk.wait(searched);
  const std::vector<int32_t> found = desk.answer(searched);
  double total = 0;
  for (const TokenOut& token : desk.of<TokenOut>(searched)) total += token.logprob;
  EXPECT_NEAR(desk.of<BeamsOut>(searched).at(0).hypotheses.at(0).score, total / double(found.size()), 1e-5);
  // Forced along the same way, a greedy lane gives each token the same probability.
  asked.lane = 3;
  asked.beam = {};
  asked.tokens = {0};
  asked.tokens.insert(asked.tokens.end(), found.begin(), found.end());
  asked.score_prompt = true;
  asked.max_tokens = 1;
  const JobId scored = desk.engine.submit(asked);
  desk.wait(scored);
  const std::vector<TokenOut> one = desk.of<TokenOut>(searched), other = desk.of<TokenOut>(scored);
  ASSERT_GT(other.size(), one.size());
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(other[i].id, one[i].id);
    EXPECT_EQ(other[i].logprob, one[i].logprob) << i;
  }
  EXPECT_EQ(desk.answer(greedy).size(), 6u);
}

/// Rows of every kind of attention sum to one, and equal what the site told while the answer was made.
TEST(Seq2seq, EveryAttentionCanBeLookedAt) {
  for (const char* name : {"t5", "bart", "marian"}) {
    SCOPED_TRACE(name);
    Desk desk;
    ASSERT_EQ(desk.load(kFolder / name).outcome, JobEnded::Outcome::done);
    Generate asked{.lane = 1, .source = {9, 30, 41, 22, 17, 1}, .sampler = greedy_sampler(), .max_tokens = 5, .ignore_eos = true, .precision = Precision::exact};
    for (const Address at : {Address{0, 1, Site::attn_probs}, Address{0, 1, Site::cross_probs}, Address{kEncoderStack, 1, Site::attn_probs}}) asked.watches.push_back({.at = at});
    const JobId job = desk.engine.submit(asked);
    ASSERT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
    const std::vector<TapOut> taps = desk.of<TapOut>(job);
    for (const auto kind : {Inspect::Attention::self, Inspect::Attention::cross, Inspect::Attention::encoder}) {
      SCOPED_TRACE(int(kind));
      const Address at = asked.watches[size_t(kind)].at;
      int looked = 0;
      for (const TapOut& tap : taps) {
        if (!(tap.at == at)) continue;
        ++looked;
        const std::vector<float> told = tap.values->f32();
        const int64_t rows = tap.values->shape()[1], keys = tap.values->shape()[2];
        for (int64_t row = 0; row < rows; ++row) {
          const auto seen = answer_of<TapOut>(desk, desk.engine.submit(Inspect{.what = Inspect::What::attention_row, .attention = kind, .lane = 1, .layer = 1, .head = 2,
                                                                               .row_from = tap.first_position + row}));
          EXPECT_EQ(seen.at, at);
          const std::vector<float> values = seen.values->f32();
          double sum = 0;
          for (size_t k = 0; k < values.size(); ++k) {
            sum += values[k];
            EXPECT_NEAR(values[k], told[size_t((2 * rows + row) * keys) + k], 5e-3) << "queries are kept in half precision";
          }
          EXPECT_NEAR(sum, 1, 5e-3);
        }
      }
      EXPECT_GT(looked, 0);
      const auto heads = answer_of<TapOut>(desk, desk.engine.submit(Inspect{.what = Inspect::What::attention_heads, .attention = kind, .lane = 1, .layer = 0, .layer_to = 2,
                                                                            .row_from = 0, .row_to = 5, .key_from = 0, .key_to = 5, .pixel_rows = 5, .pixel_cols = 5}));
      EXPECT_EQ(heads.values->shape(), (Shape{2, 4, 5, 5}));
    }
  }
}

TEST(Seq2seq, ASecondAnswerToTheSameSourceReadsItOnce) {
  Desk desk;
  ASSERT_EQ(desk.load(kFolder / "bart").outcome, JobEnded::Outcome::done);
  const auto encoded = [&](JobId job) {
    const std::vector<Progress> progress = desk.of<Progress>(job);
    return std::any_of(progress.begin(), progress.end(), [](const Progress& p) { return p.what == "Source"; });
  };
  const auto ask = [&](std::vector<int32_t> source) {
    const JobId job = desk.engine.submit(
        Generate{.lane = 1, .source = std::move(source), .sampler = greedy_sampler(), .max_tokens = 4, .ignore_eos = true, .precision = Precision::exact});
    desk.wait(job);
    return job;
  };
  const JobId first = ask({9, 30, 41, 2}), again = ask({9, 30, 41, 2}), other = ask({9, 30, 55, 2}), back = ask({9, 30, 41, 2});
  EXPECT_TRUE(encoded(first));
  EXPECT_FALSE(encoded(again));
  EXPECT_TRUE(encoded(other));
  EXPECT_EQ(desk.answer(again), desk.answer(first));
  EXPECT_EQ(desk.answer(back), desk.answer(first));
}

TEST(Seq2seq, ALaneFromASessionIsRunAgainWhenSomebodyLooks) {
  Desk desk;
  ASSERT_EQ(desk.load(kFolder / "t5").outcome, JobEnded::Outcome::done);
  Generate asked{.lane = 1, .source = {9, 30, 41, 1}, .sampler = greedy_sampler(), .max_tokens = 5, .ignore_eos = true, .precision = Precision::exact};
  const JobId job = desk.engine.submit(asked);
  desk.wait(job);
  asked.lane = 2;
  asked.tokens = {0};
  for (int32_t id : desk.answer(job)) asked.tokens.push_back(id);
  asked.prompt_tokens = 1;
  asked.max_tokens = 0;
  desk.wait(desk.engine.submit(asked));
  for (const auto kind : {Inspect::Attention::self, Inspect::Attention::cross, Inspect::Attention::encoder}) {
    Inspect question{.what = Inspect::What::attention_mean, .attention = kind, .lane = 1, .layer = 1, .row_from = 1, .row_to = 4, .key_from = 0, .key_to = 4,
                     .pixel_rows = 3, .pixel_cols = 4};
    const auto live = answer_of<TapOut>(desk, desk.engine.submit(question));
    question.lane = 2;
    const auto restored = answer_of<TapOut>(desk, desk.engine.submit(question));
    EXPECT_EQ(restored.values->f32(), live.values->f32());
    EXPECT_EQ(restored.recomputed, kind != Inspect::Attention::encoder);
  }
}

TEST(Encoders, WhatAModelCannotDoIsSaid) {
  const std::pair<const char*, std::pair<Command, const char*>> cases[] = {
      {"bert", {test::question(1, {5, 6}), "does not generate"}},
      {"bert", {FillMask{.tokens = {5, 6}}, "no mask token"}},
      {"bert", {FillMask{}, "no mask token"}},
      {"bert", {FindReplaced{.tokens = {5, 6}}, "no head that finds"}},
      {"bert", {Embed{}, "no text"}},
      {"bert", {Embed{.texts = {"a"}, .prompt = "query"}, "query"}},
      {"bert", {Score{1, {5, 6}, Precision::fast}, "no probability"}},
      {"sentence_mean", {FillMask{.tokens = {5, 4}}, "masked-language head"}},
      {"electra_discriminator", {FillMask{.tokens = {5, 4}}, "masked-language head"}},
      {"t5", {FillMask{.tokens = {5, 4}}, "next token"}},
      {"t5", {test::question(1, {0}), "source text has no tokens"}},
      {"t5", {Generate{.lane = 1, .source = {100000}}, "outside the vocabulary"}},
      {"t5", {Score{1, {5, 6}, Precision::fast}, "no probability"}},
  };
  for (const auto& [name, wanted] : cases) {
    Desk desk;
    ASSERT_EQ(desk.load(kFolder / name).outcome, JobEnded::Outcome::done);
    EXPECT_THAT(error_of(desk, desk.engine.submit(wanted.first)), testing::HasSubstr(wanted.second)) << name << ", command " << wanted.first.index();
  }
  Desk desk;
  desk.open("llama");
  Generate with_source = test::question(1, {5, 6});
  with_source.source = {7};
  EXPECT_THAT(error_of(desk, desk.engine.submit(with_source)), testing::HasSubstr("no encoder"));
  Generate lane = test::question(1, {5, 6});
  desk.wait(desk.engine.submit(lane));
  EXPECT_THAT(error_of(desk, desk.engine.submit(Inspect{.what = Inspect::What::attention_row, .attention = Inspect::Attention::cross, .lane = 1})),
              testing::HasSubstr("no encoder"));
}

}  // namespace
}  // namespace vitrine
