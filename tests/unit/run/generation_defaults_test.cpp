// SPDX-License-Identifier: Apache-2.0
// What a checkpoint says about decoding: read from the right file, refused with the field's name where it makes no sense, and not silently
// left out where this program does something else.
#include "engine/run/generation_defaults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/core/error.h"
#include "engine/io/weight_source.h"

namespace vitrine {
namespace {

/// A copy of a tiny checkpoint with other configurations.
class GenerationDefaultsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("defaults_" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::copy(std::filesystem::path(VITRINE_TEST_DATA) / "encoders" / "t5", folder_);
    std::filesystem::remove(folder_ / "generation_config.json");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  GenerationDefaults read(const char* file, const std::string& text) {
    std::ofstream(folder_ / file) << text;
    return read_generation_defaults(*open_weights(folder_));
  }
  static std::vector<std::string> names(const SamplerSpec& spec) {
    std::vector<std::string> list;
    for (const StageSpec& stage : spec.stages) list.push_back(stage.name);
    return list;
  }

  std::filesystem::path folder_;
};

TEST_F(GenerationDefaultsTest, OldCheckpointsKeepTheFieldsInTheirConfiguration) {
  const char* text = R"({"model_type": "t5", "num_beams": 3, "min_length": 5, "max_length": 30, "decoder_start_token_id": 7, "early_stopping": true})";
  const GenerationDefaults from_config = read("config.json", text);
  EXPECT_EQ(from_config.beam, (BeamSpec{3, 1, EarlyStopping::yes}));
  EXPECT_EQ(from_config.decoder_start, 7);
  EXPECT_EQ(from_config.max_tokens, 29) << "the start token counts in max_length";
  EXPECT_EQ(names(from_config.sampler), (std::vector<std::string>{"min_length", "greedy"}));
  const GenerationDefaults own = read("generation_config.json", R"({"num_beams": 2})");
  EXPECT_EQ(own.beam.beams, 2);
  EXPECT_EQ(own.decoder_start, -1) << "where there is a generation_config.json, it alone counts";
}

TEST_F(GenerationDefaultsTest, SamplingComesInTheOrderOfTransformers) {
  const GenerationDefaults d = read("generation_config.json", R"({"do_sample": true, "temperature": 0.7, "top_p": 0.9, "repetition_penalty": 1.2,
    "bad_words_ids": [[3], [4, 5]], "suppress_tokens": [6], "min_new_tokens": 2})");
  EXPECT_EQ(names(d.sampler), (std::vector<std::string>{"repetition_penalty", "bad_words", "logit_bias", "min_length", "temperature", "top_k", "top_p"}));
  EXPECT_EQ(d.sampler.stages[3].parameter("min_length", 0), 3) << "the start token and two more";
  EXPECT_EQ(d.sampler.stages[5].parameter("top_k", 0), 50);
}

TEST_F(GenerationDefaultsTest, WhatIsNotAppliedIsNamed) {
  const GenerationDefaults d = read("generation_config.json", R"({"penalty_alpha": 0.6, "encoder_no_repeat_ngram_size": 3, "num_beam_groups": 1, "guidance_scale": null})");
  EXPECT_THAT(d.not_applied, testing::UnorderedElementsAre("penalty_alpha", "encoder_no_repeat_ngram_size"));
}

TEST_F(GenerationDefaultsTest, MistakesNameFileAndField) {
  const std::pair<const char*, const char*> cases[] = {{R"({"num_beams": "four"})", "num_beams"},
                                                       {R"({"num_beams": 0})", "num_beams"},
                                                       {R"({"early_stopping": 3})", "early_stopping"},
                                                       {R"({"decoder_start_token_id": -4})", "decoder_start_token_id"},
                                                       {R"({"bad_words_ids": 5})", "bad_words_ids"},
                                                       {R"({"suppress_tokens": [1.5]})", "suppress_tokens"},
                                                       {R"({"do_sample": 1})", "do_sample"},
                                                       {R"([1, 2])", "JSON object"},
                                                       {"{", "generation_config.json"}};
  for (const auto& [text, part] : cases) {
    try {
      read("generation_config.json", text);
      ADD_FAILURE() << text << " was accepted";
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), testing::AllOf(testing::HasSubstr(part), testing::HasSubstr("generation_config.json")));
    }
  }
}

TEST_F(GenerationDefaultsTest, ForcedTokensStandInFront) {
  const GenerationDefaults d = read("generation_config.json", R"({"forced_bos_token_id": 4, "forced_eos_token_id": [1, 2], "min_length": 9})");
  const SamplerSpec spec = with_forced_tokens(d.sampler, d, 12);
  ASSERT_EQ(names(spec), (std::vector<std::string>{"forced_token", "forced_token", "min_length", "greedy"}));
  EXPECT_EQ(spec.stages[0].parameter("token", -1), 4);
  EXPECT_EQ(spec.stages[1].parameter("step", -1), 11);
  EXPECT_EQ(spec.stages[1].parameter("token", -1), 1);
}

}  // namespace
}  // namespace vitrine
