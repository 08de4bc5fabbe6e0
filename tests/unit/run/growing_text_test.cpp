// SPDX-License-Identifier: Apache-2.0
// Would break: where rotary frequencies depend on the length of the text, an answer that passes the trained length, or a prompt that is read
// in parts, silently becomes another model's.
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/io/safetensors.h"
#include "engine/model/probe.h"
#include "tests/unit/io/files.h"
#include "tests/unit/run/desk.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

const std::filesystem::path kLongRope = std::filesystem::path(VITRINE_TEST_DATA) / "llm_variants" / "phi3_longrope_crossed";

Generate greedy(LaneId lane, std::vector<int32_t> tokens, int max_tokens) {
  Generate request{.lane = lane, .tokens = std::move(tokens), .max_tokens = max_tokens, .ignore_eos = true, .precision = Precision::exact};
  request.sampler.stages = {{.name = "greedy"}};
  return request;
}

std::vector<int32_t> recorded_prompt(const std::filesystem::path& folder) {
  const auto file = open_safetensors_file(folder / "reference.safetensors");
  const std::span<const std::byte> bytes = file->find("input_ids")->bytes;
  std::vector<int64_t> wide(bytes.size() / sizeof(int64_t));
  std::memcpy(wide.data(), bytes.data(), bytes.size());
  return {wide.begin(), wide.end()};
}

}  // namespace

TEST(GrowingText, AnAnswerThatOutgrowsTheTrainedLengthIsTheRecordedOne) {
  const std::vector<int32_t> prompt = recorded_prompt(kLongRope);
  const auto wanted = nlohmann::json::parse(std::ifstream(kLongRope / "reference.json"))["greedy"]["ids_generate"].get<std::vector<int32_t>>();
  Desk desk;
  ASSERT_EQ(desk.load(kLongRope).outcome, JobEnded::Outcome::done);
  for (const char* turn : {"first", "again, on the cache of a text that had outgrown it"}) {
    const JobId job = desk.engine.submit(greedy(1, prompt, int(wanted.size())));
    desk.wait(job);
    EXPECT_EQ(desk.answer(job), wanted) << turn;
  }
  std::vector<int32_t> longer = prompt;
  longer.insert(longer.end(), wanted.begin(), wanted.begin() + 12);
  const JobId job = desk.engine.submit(greedy(2, longer, int(wanted.size()) - 12));
  desk.wait(job);
  EXPECT_EQ(desk.answer(job), std::vector<int32_t>(wanted.begin() + 12, wanted.end())) << "a prompt that is longer than the trained length";
}

TEST(GrowingText, PartsOfAPromptHaveTheFrequenciesOfTheWhole) {
  Folder folder;
  nlohmann::json config = nlohmann::json::parse(std::ifstream(kLongRope / "config.json"));
  config["max_position_embeddings"] = 2048;
  for (nlohmann::json* place : {&config, &config["rope_parameters"]}) (*place)["original_max_position_embeddings"] = 600;
  folder.write("config.json", config.dump());
  std::filesystem::copy(kLongRope / "model.safetensors", folder / "model.safetensors");
  std::vector<int32_t> prompt;
  for (int i = 0; i < 700; ++i) prompt.push_back((i * 37 + 11) % 150);
  const auto model = load_model(*open_weights(folder.path()), make_backend({.threads = 1}));
  const ProbeSequence whole[] = {{.ids = prompt}};
  const std::vector<float> all = run_sequences(*model, whole, Precision::exact).logits;
  const std::span<const float> logits = std::span(all).last(size_t(model->spec().vocab));
  Desk desk;
  ASSERT_EQ(desk.load(folder.path()).outcome, JobEnded::Outcome::done);
  const JobId job = desk.engine.submit(greedy(1, prompt, 1));
  desk.wait(job);
  const std::vector<TokenOut> tokens = desk.of<TokenOut>(job);
  ASSERT_EQ(tokens.size(), 1u);
  EXPECT_EQ(tokens[0].id, argmax(logits));
  EXPECT_NEAR(tokens[0].logprob, -negative_log_likelihood(logits, tokens[0].id), 1e-4);
}
