// SPDX-License-Identifier: Apache-2.0
// Saved commands and events come back exactly: a field lost here is an experiment that cannot be repeated.
#include "engine/run/command_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "engine/run/json_fields.h"
#include "tests/support/every_message.h"

namespace vitrine {
namespace {

TEST(CommandJson, EveryCommandComesBackExactly) {
  const std::vector<Command> commands = every_command();
  std::set<size_t> kinds;
  for (const Command& command : commands) {
    kinds.insert(command.index());
    const std::string json = command_to_json(command);
    const Command back = command_from_json(json);
    EXPECT_EQ(back.index(), command.index());
    EXPECT_EQ(command_to_json(back), json);
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<Command>) << "a kind of command has no case here";
}

TEST(CommandJson, ValuesNotOnlyTextsAreEqual) {
  Generate asked;
  asked.tokens = {1, -2, std::numeric_limits<int32_t>::max()};
  asked.sampler = {.stages = {{.name = "temperature", .parameters = {{"value", 0.1 + 0.2}}}}, .seed = ~uint64_t(0)};
  asked.stop_strings = {"끝", std::string("\xff\0x", 3)};
  Watch watch{.at = {.stack = 1, .layer = 3, .site = Site::attn_probs}, .reduce = TopK{5}};
  watch.edits = {Scale{0.1f}, AddVec{{1e-45f, -0.0f}, 2}, Replace{{std::numeric_limits<float>::infinity()}},
                 Project{{1}, 2}};
  asked.watches = {watch};
  const auto back = std::get<Generate>(command_from_json(command_to_json(asked)));
  EXPECT_EQ(back.tokens, asked.tokens);
  EXPECT_EQ(back.sampler, asked.sampler);
  EXPECT_EQ(back.stop_strings, asked.stop_strings);
  ASSERT_EQ(back.watches.size(), 1u);
  EXPECT_EQ(back.watches[0].at, watch.at);
  EXPECT_EQ(std::get<TopK>(back.watches[0].reduce).k, 5);
  ASSERT_EQ(back.watches[0].edits.size(), 4u);
  EXPECT_EQ(std::get<Scale>(back.watches[0].edits[0]).factor, 0.1f);
  EXPECT_EQ(std::get<AddVec>(back.watches[0].edits[1]).vector, (std::vector<float>{1e-45f, -0.0f}));
  EXPECT_TRUE(std::signbit(std::get<AddVec>(back.watches[0].edits[1]).vector[1]));
  EXPECT_EQ(std::get<Replace>(back.watches[0].edits[2]).values[0], std::numeric_limits<float>::infinity());
}

TEST(CommandJson, SitesOfAModelAreSavedByName) {
  auto facts = std::make_shared<ModelFacts>();
  SiteMask mask;
  for (const Site site : {Site::attn_probs, Site::ssm_state, Site::logits}) mask.set(site);
  facts->sites.stacks = {{mask}};
  const std::string json = event_to_json({7, ModelLoaded{facts}});
  EXPECT_NE(json.find("\"sites\":{\"stacks\":[[[\"attn_probs\",\"ssm_state\",\"logits\"]]]}"), std::string::npos) << json;
  const auto sites_of = [](const std::string& text) { return std::get<ModelLoaded>(event_from_json(text).body).facts->sites; };
  const SiteMask back = sites_of(json).stacks.at(0).at(0);
  EXPECT_EQ(back.words, mask.words);
  // As older versions wrote it: positions in a list that has grown since name other sites now, so they name none.
  std::string old = json;
  const std::string names = "[\"attn_probs\",\"ssm_state\",\"logits\"]";
  old.replace(old.find(names), names.size(), "{\"words\":[1024,0]}");
  EXPECT_FALSE(sites_of(old).stacks.at(0).at(0).any());
}

TEST(CommandJson, EveryEventComesBackExactly) {
  std::set<size_t> kinds;
  for (const Event& event : every_event()) {
    kinds.insert(event.body.index());
    const std::string json = event_to_json(event);
    const Event back = event_from_json(json);
    EXPECT_EQ(back.job, event.job);
    EXPECT_EQ(back.body.index(), event.body.index());
    EXPECT_EQ(event_to_json(back), json);
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<EventBody>) << "a kind of event has no case here";
}

TEST(CommandJson, TensorsTravelBesideTheJson) {
  std::map<std::string, std::vector<std::byte>> blobs;
  const BlobSink sink = [&](std::span<const std::byte> bytes) {
    const std::string key = std::to_string(blobs.size());
    blobs[key].assign(bytes.begin(), bytes.end());
    return key;
  };
  for (const Event& event : every_event()) {
    const auto* tap = std::get_if<TapOut>(&event.body);
    if (!tap) continue;
    const Event back =
        event_from_json(event_to_json(event, sink), [&](const std::string& key) { return blobs.at(key); });
    const std::span<const std::byte> was = tap->values->bytes(), now = std::get<TapOut>(back.body).values->bytes();
    EXPECT_TRUE(std::equal(was.begin(), was.end(), now.begin(), now.end()));
  }
  EXPECT_FALSE(blobs.empty());
}

TEST(CommandJson, MistakesAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"type": "generate", "lnae": 1})", "lnae"},
      {R"({"type": "fly"})", "fly"},
      {R"({"lane": 1})", "type"},
      {R"({"type": "generate", "tokens": [1, "a"]})", "tokens[1]"},
      {R"({"type": "generate", "tokens": [4294967296]})", "out of range"},
      {R"({"type": "generate", "precision": "best"})", "precision"},
      {R"({"type": "generate", "sampler": {"stages": [{"nmae": ""}]}})", "sampler.stages[0].nmae"},
      {R"({"type": "generate", "watches": [{"reduce": {"type": "top_k", "n": 3}}]})", "watches[0].reduce.n"},
      {R"({"type": "generate", "lane": -1})", "lane"},
      {R"([])", "object"},
      {"{", "not valid JSON"},
      {"", "not valid JSON"},
  };
  for (const auto& [json, part] : cases) {
    try {
      command_from_json(json);
      ADD_FAILURE() << json << " was accepted";
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::input);
      EXPECT_THAT(e.what(), testing::HasSubstr(part)) << json;
    }
  }
  const char* tensors[] = {R"({"dtype": "f32", "shape": [3], "base64": "AAAA"})",
                           R"({"dtype": "f32", "shape": [4611686018427387904, 4], "base64": ""})",
                           R"({"dtype": "f32", "shape": [-1], "base64": ""})",
                           R"({"dtype": "f32", "shape": [1], "blob": "x"})"};
  for (const char* tensor : tensors)
    EXPECT_THROW(event_from_json(cat(R"({"type": "tap", "values": )", tensor, "}")), Error) << tensor;
}

}  // namespace
}  // namespace vitrine
