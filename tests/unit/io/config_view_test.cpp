// SPDX-License-Identifier: Apache-2.0
// Would break: one architecture file reading both containers, and messages that tell a user which value of which file
// is wrong.
#include "engine/io/config_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/io/checkpoint.h"
#include "engine/io/json_text.h"
#include "nlohmann/json.hpp"

namespace vitrine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr KeyPair kKeys[] = {
    {"layers", "block_count", "num_hidden_layers|n_layer"},
    {"theta", "rope.freq_base", "rope_parameters.full_attention.rope_theta|rope_parameters.rope_theta|rope_theta"},
    {"theta_local", "", "rope_parameters.sliding_attention.rope_theta|rope_local_base_freq"},
    {"kv_heads", "attention.head_count_kv", "num_key_value_heads"},
    {"layer_types", "", "layer_types"},
    {"name", "general.name", "_name_or_path"},
    {"tied", "", "tie_word_embeddings"},
};

std::unique_ptr<WeightSource> from_json(const char* text) {
  CheckpointContents contents{.container = "safetensors", .path = "folder"};
  flatten_json(nlohmann::json::parse(text), contents.meta);
  return std::make_unique<Checkpoint>(std::move(contents));
}

std::unique_ptr<WeightSource> from_gguf(std::vector<std::pair<std::string, MetaValue>> entries) {
  CheckpointContents contents{.container = "gguf", .path = "model.gguf"};
  for (auto& [key, value] : entries) contents.meta.add(key, value);
  return std::make_unique<Checkpoint>(std::move(contents));
}

MetaValue integers(std::vector<int64_t> values) {
  MetaArray list;
  for (int64_t value : values) list.push_back({value});
  return {std::make_shared<const MetaArray>(std::move(list))};
}

TEST(ConfigView, ReadsNewLegacyAndPerLayerTypeSpellings) {
  const auto plain = from_json(R"({"num_hidden_layers": 3, "rope_parameters": {"rope_theta": 5e5}})");
  EXPECT_EQ(ConfigView(*plain, "llama", kKeys).f64("theta"), 5e5);
  const auto legacy = from_json(R"({"n_layer": 3, "rope_theta": 10000})");
  EXPECT_EQ(ConfigView(*legacy, "llama", kKeys).f64("theta"), 10000);
  EXPECT_EQ(ConfigView(*legacy, "llama", kKeys).i64("layers"), 3);
  const auto nested = from_json(
      R"({"rope_parameters": {"full_attention": {"rope_theta": 1e6}, "sliding_attention": {"rope_theta": 1e4}}})");
  EXPECT_EQ(ConfigView(*nested, "gemma3", kKeys).f64("theta"), 1e6);
  EXPECT_EQ(ConfigView(*nested, "gemma3", kKeys).f64("theta_local"), 1e4);
}

TEST(ConfigView, LooksIntoAScopeFirst) {
  const auto source = from_json(R"({"num_hidden_layers": 1, "text_config": {"num_hidden_layers": 7}})");
  EXPECT_EQ(ConfigView(*source, "", kKeys, "text_config").i64("layers"), 7);
}

TEST(ConfigView, ReadsGgufUnderTheArchitecturesPrefix) {
  const auto source = from_gguf({{"llama.block_count", {int64_t(30)}}, {"general.name", {std::string("Smol")}}});
  const ConfigView view(*source, "llama", kKeys);
  EXPECT_EQ(view.i64("layers"), 30);
  EXPECT_EQ(view.str("name"), "Smol");
  EXPECT_FALSE(view.has("theta_local"));
  EXPECT_EQ(view.f64_or("theta", 10000), 10000);
}

TEST(ConfigView, BroadcastsAScalarOverLayers) {
  const auto scalar = from_gguf({{"llama.attention.head_count_kv", {int64_t(2)}}});
  EXPECT_THAT(ConfigView(*scalar, "llama", kKeys).i64s("kv_heads", 3), ElementsAre(2, 2, 2));
  const auto list = from_gguf({{"llama.attention.head_count_kv", integers({1, 2, 3})}});
  EXPECT_THAT(ConfigView(*list, "llama", kKeys).i64s("kv_heads", 3), ElementsAre(1, 2, 3));
  EXPECT_THROW(ConfigView(*list, "llama", kKeys).i64s("kv_heads", 4), Error);
  EXPECT_THROW(ConfigView(*list, "llama", kKeys).i64("kv_heads"), Error);
}

TEST(ConfigView, NullIsAbsentAndListsOfTextsRead) {
  const auto source = from_json(
      R"({"rope_theta": null, "layer_types": ["full_attention", "sliding_attention"], "tie_word_embeddings": false})");
  const ConfigView view(*source, "", kKeys);
  EXPECT_FALSE(view.has("theta"));
  EXPECT_FALSE(view.boolean_or("tied", true));
  EXPECT_THAT(view.strs("layer_types"), ElementsAre("full_attention", "sliding_attention"));
}

std::string message(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ConfigView, ErrorsNameFileValueAndBothSpellings) {
  const auto source = from_json(R"({"num_hidden_layers": "many", "n_layer": 2})");
  const ConfigView view(*source, "llama", kKeys);
  EXPECT_THAT(message([&] { view.f64("theta"); }),
              testing::AllOf(HasSubstr("folder"), HasSubstr("theta"), HasSubstr("llama.rope.freq_base"),
                             HasSubstr("rope_theta"), HasSubstr("missing")));
  EXPECT_THAT(message([&] { view.i64_or("layers", 1); }), testing::AllOf(HasSubstr("\"many\""), HasSubstr("integer")));
  EXPECT_THAT(message([&] { view.i64("no such name"); }), HasSubstr("report"));
}

TEST(ConfigView, CountsAreBounded) {
  const auto huge = from_json(R"({"num_hidden_layers": 1000000000000})");
  EXPECT_THROW(ConfigView(*huge, "", kKeys).count("layers"), Error);
  const auto negative = from_json(R"({"num_hidden_layers": -1})");
  EXPECT_THROW(ConfigView(*negative, "", kKeys).count("layers"), Error);
}

}  // namespace
}  // namespace vitrine
