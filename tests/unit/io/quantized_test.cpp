// SPDX-License-Identifier: Apache-2.0
// Would break: opening AWQ, GPTQ, bitsandbytes, FP8 and compressed-tensors folders of Hugging Face; a damaged one would be read outside its
// tensors, and one of another method would say something that does not help. That the values are right is shown by the
// recorded logits of tests/data/hf_quant.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/io/checkpoint.h"
#include "engine/io/safetensors.h"
#include "engine/io/safetensors_writer.h"
#include "tests/unit/io/files.h"

namespace vitrine {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path kFolders = fs::path(VITRINE_TEST_DATA) / "hf_quant";

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Opens the folder and decodes every tensor.
void read_all(const fs::path& folder) {
  const auto source = open_weights(folder);
  for (const TensorInfo& info : source->tensors()) require_tensor(*source, info.name);
}

TEST(Quantized, EveryFolderListsTheWeightsOfAPlainOne) {
  int folders = 0;
  for (const auto& entry : fs::directory_iterator(kFolders)) {
    ++folders;
    const int64_t hidden = entry.path().filename().string().starts_with("bnb") ? 192 : 160;
    const std::map<std::string, Shape> expected = {{"self_attn.q_proj", {64, 64}},  {"self_attn.k_proj", {32, 64}},
                                                   {"self_attn.v_proj", {32, 64}},  {"self_attn.o_proj", {64, 64}},
                                                   {"mlp.gate_proj", {hidden, 64}}, {"mlp.up_proj", {hidden, 64}},
                                                   {"mlp.down_proj", {64, hidden}}};
    const auto source = open_weights(entry.path());
    EXPECT_EQ(source->tensors().size(), expected.size() + 5) << entry.path();
    for (const auto& [module, shape] : expected) {
      const TensorInfo* info = source->find("model.layers.0." + module + ".weight");
      ASSERT_NE(info, nullptr) << entry.path() << module;
      EXPECT_EQ(info->shape, shape) << entry.path() << module;
      EXPECT_TRUE(info->dtype == DType::f16 || info->dtype == DType::bf16) << entry.path() << module;
    }
  }
  EXPECT_GE(folders, 18);
}

TEST(Quantized, WhatWasGivenBackIsDecodedAgain) {
  for (const auto& entry : fs::directory_iterator(kFolders)) {
    const auto source = open_weights(entry.path());
    const TensorInfo& info = *source->find("model.layers.0.mlp.up_proj.weight");
    ASSERT_TRUE(source->decode(info));
    const std::vector<float> first = tensor_values(info);
    EXPECT_GT(std::count_if(first.begin(), first.end(), [](float v) { return v != 0; }), 1000) << entry.path();
    source->drop_pages(info.bytes);
    ASSERT_TRUE(source->decode(info));
    EXPECT_EQ(tensor_values(info), first) << entry.path();
    EXPECT_FALSE(source->decode(*source->find("model.norm.weight"))) << entry.path();
  }
}

TEST(Quantized, WhatOneReaderGivesBackAnotherStillReads) {
  for (const auto& entry : fs::directory_iterator(kFolders)) {
    const auto source = open_weights(entry.path());
    const TensorInfo& info = *source->find("model.layers.0.mlp.up_proj.weight");
    ASSERT_TRUE(source->decode(info));
    const std::vector<float> first = tensor_values(info);
    ASSERT_TRUE(source->decode(info));
    source->drop_pages(info.bytes);
    EXPECT_EQ(tensor_values(info), first) << entry.path() << ": statistics of a weight that an answer looked through meanwhile";
    source->drop_pages(info.bytes);
  }
}

TEST(Quantized, AnotherMethodIsNamedBesideTheKnownOnes) {
  const Folder folder;
  folder.write("model.safetensors", text_of(kFolders / "awq" / "model.safetensors"));
  const auto opened = [&](const nlohmann::json& settings) {
    folder.write("config.json", nlohmann::json{{"model_type", "llama"}, {"quantization_config", settings}}.dump());
    return error_of([&] { read_all(folder.path()); });
  };
  EXPECT_THAT(opened({{"quant_method", "aqlm"}}),
              AllOf(HasSubstr("aqlm"), HasSubstr("awq, gptq, bitsandbytes, fp8"), HasSubstr("GGUF"), HasSubstr(folder.path().string())));
  EXPECT_THAT(opened({{"quant_method", "awq"}, {"bits", 3}}), HasSubstr("3 bits"));
  EXPECT_THAT(opened({{"quant_method", "awq"}, {"version", "gemv"}}), HasSubstr("gemv"));
  EXPECT_THAT(opened({{"quant_method", "awq"}, {"group_size", 48}}), HasSubstr("group_size 48"));
  EXPECT_THAT(opened({{"quant_method", "gptq"}, {"bits", 5}}), HasSubstr("5 bits"));
  EXPECT_THAT(opened({{"quant_method", "gptq"}, {"checkpoint_format", "marlin"}}), HasSubstr("marlin"));
  EXPECT_THAT(opened({{"quant_method", "bitsandbytes"}, {"load_in_8bit", true}}), HasSubstr("load_in_8bit"));
  EXPECT_EQ(opened({{"quant_method", "awq"}, {"group_size", 32}}), "no error");
}

/// The folder with one tensor of up_proj changed: left out, cut to its first half, or of one value everywhere.
struct Damage {
  std::string folder, part;
  enum Kind { absent, halved, filled } kind;
  const char* says;
};

std::string error_after(const Damage& damage) {
  const Folder folder;
  const auto whole = open_safetensors_file(kFolders / damage.folder / "model.safetensors");
  const std::string name = "model.layers.0.mlp.up_proj." + damage.part;
  std::vector<NamedTensorBytes> tensors;
  std::vector<std::byte> values;
  for (const TensorInfo& info : whole->tensors()) {
    NamedTensorBytes tensor{info.name, info.shape, info.dtype, info.bytes};
    if (info.name == name && damage.kind == Damage::absent) continue;
    if (info.name == name && damage.kind == Damage::halved) {
      tensor.shape[0] /= 2;
      tensor.bytes = tensor.bytes.first(tensor.bytes.size() / 2);
    }
    if (info.name == name && damage.kind == Damage::filled) {
      values.assign(info.bytes.size(), std::byte{0x7d});
      tensor.bytes = values;
    }
    tensors.push_back(tensor);
  }
  write_safetensors(folder / "model.safetensors", tensors);
  folder.write("config.json", text_of(kFolders / damage.folder / "config.json"));
  return error_of([&] { read_all(folder.path()); });
}

TEST(Quantized, ADamagedGroupIsAnErrorThatNamesTheTensor) {
  const Damage all[] = {
      {"awq", "qzeros", Damage::absent, "missing"},
      {"awq", "scales", Damage::halved, "shape [1, 160], expected [2, 160]"},
      {"awq", "qzeros", Damage::halved, "shape"},
      {"gptq_3bit", "qzeros", Damage::halved, "shape"},
      {"gptq_4bit_desc_act", "qzeros", Damage::halved, "shape"},
      {"gptq_4bit_desc_act", "g_idx", Damage::halved, "shape"},
      {"gptq_4bit_desc_act", "g_idx", Damage::filled, "names group"},
      {"gptq_8bit", "scales", Damage::absent, "missing"},
      {"ct_int4_group", "weight_scale", Damage::absent, "missing"},
      {"ct_int4_group", "weight_packed", Damage::halved, "shape"},
      {"ct_int4_group", "weight_shape", Damage::filled, "does not hold"},
      {"ct_int4_zero_points", "weight_zero_point", Damage::halved, "shape"},
      {"ct_int8", "weight_scale", Damage::halved, "shape"},
      {"bnb_nf4_double", "weight", Damage::halved, "shape"},
      {"bnb_nf4_double", "weight.nested_absmax", Damage::absent, "missing"},
      {"bnb_nf4_double", "weight.absmax", Damage::halved, "shape"},
      {"bnb_fp4", "weight.quant_map", Damage::halved, "shape"},
      {"bnb_fp4", "weight.quant_state.bitsandbytes__fp4", Damage::filled, "JSON"},
  };
  for (const Damage& damage : all)
    EXPECT_THAT(error_after(damage), AllOf(HasSubstr("up_proj." + damage.part), HasSubstr(damage.says), HasSubstr("vitrine-io-")))
        << damage.folder << ' ' << damage.part;
}

TEST(Quantized, WithoutAConfigurationTheCodesAreNoWeights) {
  const Folder folder;
  folder.write("model.safetensors", text_of(kFolders / "fp8_block" / "model.safetensors"));
  folder.write("config.json", R"({"model_type": "llama"})");
  EXPECT_THAT(error_of([&] { read_all(folder.path()); }), HasSubstr("F8_E4M3"));
}

}  // namespace
}  // namespace vitrine
