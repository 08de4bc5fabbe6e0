// SPDX-License-Identifier: Apache-2.0
// Would break: what `inspect`, the model panel and the list of found models tell about a checkpoint before it is
// loaded.
#include "engine/io/checkpoint_facts.h"

#include <nlohmann/json.hpp>

#include "engine/io/checkpoint.h"
#include "engine/io/json_text.h"
#include "tests/unit/io/files.h"

namespace vitrine {
namespace {

using namespace test;

CheckpointFacts of_config(const char* json) {
  CheckpointContents contents{.container = "safetensors", .path = "folder"};
  flatten_json(nlohmann::json::parse(json), contents.meta);
  return checkpoint_facts(Checkpoint(std::move(contents)));
}

TEST(CheckpointFacts, KvCostFollowsTheHeadCounts) {
  const auto facts =
      of_config(R"({"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 8,
                                   "num_key_value_heads": 2})");
  ASSERT_TRUE(facts.kv);
  EXPECT_EQ(facts.kv->values_per_token, 3 * 2 * (8 + 8));
  EXPECT_EQ(facts.kv->bytes(10, DType::f16), 10 * 96 * 2);
  EXPECT_EQ(of_config(R"({"n_layer": 2, "n_embd": 32, "n_head": 4, "multi_query": true})").kv->values_per_token,
            2 * 2 * 8);
  EXPECT_EQ(of_config(R"({"n_layer": 2, "n_embd": 32, "n_head": 4})").kv->values_per_token, 2 * 2 * 32);
  EXPECT_EQ(
      of_config(
          R"({"text_config": {"num_hidden_layers": 1, "hidden_size": 32, "num_attention_heads": 2, "head_dim": 5}})")
          .kv->values_per_token,
      2 * (5 + 5));
}

TEST(CheckpointFacts, LayersWithoutAttentionCostNothing) {
  const auto facts = of_config(R"({"num_hidden_layers": 3, "hidden_size": 16, "num_attention_heads": 2,
                                   "layer_types": ["linear_attention", "mamba", "full_attention"]})");
  EXPECT_EQ(facts.kv->layers, 1);
  EXPECT_FALSE(
      of_config(R"({"model_type": "bert", "num_hidden_layers": 3, "hidden_size": 16, "num_attention_heads": 2})").kv);
  EXPECT_FALSE(of_config(R"({"model_type": "mamba", "num_hidden_layers": 3, "hidden_size": 16})").kv);
}

TEST(CheckpointFacts, AbsurdNumbersAreNotBelieved) {
  for (const char* layers : {"-3", "0", "9e18", "1000000000000", "\"many\"", "null", "[1, 2]"}) {
    const std::string json =
        std::string(R"({"hidden_size": 16, "num_attention_heads": 2, "num_hidden_layers": )") + layers + "}";
    EXPECT_FALSE(of_config(json.c_str()).kv) << layers;
  }
}

TEST(CheckpointFacts, AnAbsurdContextDoesNotOverflow) {
  const KvShape kv{.layers = 1, .values_per_token = int64_t(1) << 40};
  EXPECT_EQ(kv.bytes(int64_t(1) << 40, DType::f16), INT64_MAX);
}

TEST(CheckpointFacts, CountsParametersTypesAndFiles) {
  const Folder folder;
  folder.write("config.json", R"({"model_type": "qwen3"})");
  folder.write("tokenizer.json",
               R"({"version": "1.0", "added_tokens": [{"type": "no"}], "model": {"type": "Unigram", "vocab": []}})");
  folder.write("tokenizer_config.json", R"({"chat_template": "{{ x }}"})");
  folder.write("model.safetensors", safetensors_bytes(R"({"a":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]},
    "ids":{"dtype":"I64","shape":[1],"data_offsets":[16,24]}, "q":{"dtype":"F8_E5M2","shape":[5],"data_offsets":[24,29]}})",
                                                      32));
  const auto facts = checkpoint_facts(*open_weights(folder.path()));
  EXPECT_EQ(facts.architecture, "qwen3");
  EXPECT_EQ(facts.parameters, 11);
  EXPECT_EQ(facts.quantization, "F16");
  ASSERT_EQ(facts.dtypes.size(), 3u);
  EXPECT_EQ(facts.dtypes[2].name, "F8_E5M2");
  EXPECT_EQ(facts.tokenizer, "Unigram");
  EXPECT_TRUE(facts.chat_template);
  EXPECT_EQ(facts.file_bytes, int64_t(std::filesystem::file_size(folder / "model.safetensors")));
}

TEST(CheckpointFacts, NamesFileTypesAsLlamaCpp) {
  EXPECT_EQ(gguf_file_type_name(15), "Q4_K_M");
  EXPECT_EQ(gguf_file_type_name(32), "BF16");
  EXPECT_EQ(gguf_file_type_name(38), "MXFP4_MOE");
  EXPECT_EQ(gguf_file_type_name(-1), "");
  EXPECT_EQ(gguf_file_type_name(1000), "");
}

TEST(CheckpointFacts, SizesReadWell) {
  EXPECT_EQ(bytes_text(12), "12 B");
  EXPECT_EQ(bytes_text(98362432), "93.81 MiB");
  EXPECT_EQ(count_text(134515008), "134.5 M");
  EXPECT_EQ(count_text(7240000000), "7.24 B");
}

}  // namespace
}  // namespace vitrine
