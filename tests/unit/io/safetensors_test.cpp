// SPDX-License-Identifier: Apache-2.0
// Would break: opening Hugging Face folders, whole or sharded, and the reference and trace files; damaged ones would
// crash.
#include "engine/io/safetensors.h"

#include "engine/io/safetensors_writer.h"
#include "tests/unit/io/files.h"

namespace vitrine {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;

const char* kTwo = R"({"__metadata__": {"format": "pt"}, "b": {"dtype": "BF16", "shape": [], "data_offsets": [24, 26]},
                      "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}})";

std::string parse_error(const std::string& header, size_t data_bytes = 64) {
  const std::string bytes = safetensors_bytes(header, data_bytes);
  return error_of([&] { parse_safetensors(std::as_bytes(std::span(bytes)), "m.safetensors"); });
}

TEST(Safetensors, ReadsTensorsInFileOrderAndMetadata) {
  const std::string bytes = safetensors_bytes(kTwo, 26);
  const SafetensorsFile file = parse_safetensors(std::as_bytes(std::span(bytes)), "m.safetensors");
  ASSERT_EQ(file.tensors.size(), 2u);
  EXPECT_EQ(file.tensors[0].name, "a");
  EXPECT_EQ(file.tensors[0].shape, (Shape{2, 3}));
  EXPECT_EQ(file.tensors[1].dtype, DType::bf16);
  EXPECT_EQ(file.tensors[1].shape.rank(), 0);
  EXPECT_EQ(*meta_str(file.meta.find("format")), "pt");
}

TEST(Safetensors, EveryKindOfDamageIsOneErrorThatNamesTheFile) {
  const auto one = [](const std::string& body) { return "{\"w\": {" + body + "}}"; };
  const std::pair<std::string, const char*> bad[] = {
      {one(R"("dtype": "F32", "shape": [2], "data_offsets": [0, 4])"), "needs 8 bytes"},
      {one(R"("dtype": "F32", "shape": [2], "data_offsets": [60, 68])"), "the file has 64"},
      {one(R"("dtype": "F32", "shape": [2], "data_offsets": [8, 0])"), "\"w\""},
      {one(R"("dtype": "F32", "shape": [2], "data_offsets": [0])"), "lacks"},
      {one(R"("dtype": "F32", "shape": [2], "data_offsets": [0, 8, 16])"), "more than two"},
      {one(R"("shape": [2], "data_offsets": [0, 8])"), "lacks"},
      {one(R"("dtype": "F32", "shape": [4294967296, 4294967296], "data_offsets": [0, 8])"), "impossible shape"},
      {one(R"("dtype": "F64", "shape": [4611686018427387904], "data_offsets": [0, 8])"), "impossible shape"},
      {one(R"("dtype": "F32", "shape": [-2], "data_offsets": [0, 8])"), "negative"},
      {one(R"("dtype": "F32", "shape": [1.5], "data_offsets": [0, 8])"), "integer"},
      {one(R"("dtype": "F32", "shape": [99999999999999999999], "data_offsets": [0, 8])"), "integer"},
      {one(R"("dtype": "F32", "shape": [1,1,1,1,1,1,1,2], "data_offsets": [0, 8])"), "axes"},
      {one(R"("dtype": "F32", "shape": [[2]], "data_offsets": [0, 8])"), "unexpected list"},
      {one(R"("dtype": {"x": 1}, "shape": [2], "data_offsets": [0, 8])"), "deep"},
      {one(R"("dtype": null, "shape": [2], "data_offsets": [0, 8])"), "null"},
      {one(R"("dtype": "F32", "shape": true, "data_offsets": [0, 8])"), "boolean"},
      {R"({"w": 3})", "number"},
      {R"({"w": "text"})", "is a string"},
      {R"({"w": [1]})", "list"},
      {R"({"a": {"dtype": "U8", "shape": [8], "data_offsets": [0, 8]}, "b": {"dtype": "U8", "shape": [8], "data_offsets": [7, 15]}})",
       "overlap"},
      {R"({"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}, "a": {"dtype": "U8", "shape": [1], "data_offsets": [1, 2]}})",
       "twice"},
      {"{\"a\": ", "JSON"},
      {"{" + std::string(5000, '['), "JSON"},
      {"{\"a\":" + std::string(5000, '['), "list"},
      {"[]", "start with"},
      {"", "start with"},
  };
  for (const auto& [header, says] : bad)
    EXPECT_THAT(parse_error(header), AllOf(HasSubstr("[m.safetensors]"), HasSubstr(says), HasSubstr("; ")))
        << header.substr(0, 200);
}

TEST(Safetensors, HeaderLengthsThatLieAreRefused) {
  for (const std::string& bytes : {std::string("short"), Bytes().put(uint64_t(1) << 60).raw("{}").text,
                                   Bytes().put(uint64_t(3)).raw("{}").text, Bytes().put(~uint64_t(0)).raw("{}").text})
    EXPECT_NE(error_of([&] { parse_safetensors(std::as_bytes(std::span(bytes)), "m"); }), "no error");
}

TEST(Safetensors, AFileCutAnywhereIsAnError) {
  const std::string whole = safetensors_bytes(kTwo, 26);
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(error_of([&] { parse_safetensors(std::as_bytes(std::span(whole)).first(length), "m"); }), "no error")
        << length;
}

TEST(Safetensors, UnreadableElementTypesAreListedAndRefusedWhenNeeded) {
  const Folder folder;
  const auto path = folder.write("m.safetensors",
                                 safetensors_bytes(R"({"w": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]},
                                             "n": {"dtype": "SOMETHING", "shape": [4], "data_offsets": [4, 7]}})",
                                                   8));
  const auto source = open_safetensors_file(path);
  EXPECT_EQ(source->tensors().size(), 2u);
  EXPECT_THAT(error_of([&] { require_tensor(*source, "w"); }),
              AllOf(HasSubstr("m.safetensors"), HasSubstr("\"w\""), HasSubstr("F8_E4M3")));
  EXPECT_THAT(error_of([&] { require_tensor(*source, "absent"); }),
              AllOf(HasSubstr("\"absent\""), HasSubstr("missing")));
}

TEST(Safetensors, MisalignedDataOfOldFilesIsReadable) {
  const Folder folder;
  std::string header = R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}})";
  header.resize((header.size() + 7) / 8 * 8 + 3, ' ');
  const float values[] = {1.5f, -2.0f};
  std::string bytes = Bytes().put(uint64_t(header.size())).raw(header).text;
  bytes.append(reinterpret_cast<const char*>(values), sizeof values);
  const auto source = open_safetensors_file(folder.write("m.safetensors", bytes));
  const TensorInfo& tensor = require_tensor(*source, "a");
  EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.bytes.data()) % 4, 0u);
  EXPECT_EQ(std::memcmp(tensor.bytes.data(), values, sizeof values), 0);
}

TEST(SafetensorsFolder, ReadsConfigAndCompanions) {
  const Folder folder;
  folder.write("config.json",
               R"({"model_type": "llama", "rope_parameters": {"rope_theta": 1e4}, "limit": [0.0, Infinity]})");
  folder.write("model.safetensors", safetensors_bytes(kTwo, 26));
  folder.write("chat_template.jinja", "{{ messages }}");
  for (const auto& path : {folder.path(), folder / "model.safetensors"}) {
    const auto source = open_weights(path);
    EXPECT_EQ(source->container(), "safetensors");
    EXPECT_EQ(*meta_f64(source->meta("rope_parameters.rope_theta")), 1e4);
    EXPECT_EQ(meta_text(*source->meta("limit")), "[0, inf]");
    EXPECT_EQ(source->companion("chat_template.jinja"), "{{ messages }}");
    EXPECT_EQ(source->companion("tokenizer.json"), std::nullopt);
    EXPECT_EQ(source->companion("../config.json"), std::nullopt);
  }
}

TEST(SafetensorsFolder, ReadsShardsThroughTheIndex) {
  const Folder folder;
  folder.write("config.json", "{}");
  folder.write("model-00001-of-00002.safetensors",
               safetensors_bytes(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4));
  folder.write("model.safetensors.index.json",
               R"({"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}})");
  EXPECT_THAT(error_of([&] { open_weights(folder.path()); }),
              AllOf(HasSubstr("model-00002-of-00002.safetensors"), HasSubstr("missing")));
  folder.write("model-00002-of-00002.safetensors",
               safetensors_bytes(R"({"c":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4));
  EXPECT_THAT(error_of([&] { open_weights(folder.path()); }), AllOf(HasSubstr("\"b\""), HasSubstr("missing")));
  folder.write("model-00002-of-00002.safetensors",
               safetensors_bytes(R"({"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4));
  EXPECT_EQ(open_weights(folder.path())->tensors().size(), 2u);
  EXPECT_EQ(open_weights(folder / "model-00001-of-00002.safetensors")->tensors().size(), 2u);
  folder.write("model-00002-of-00002.safetensors",
               safetensors_bytes(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},
                                                                        "b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
                                 8));
  EXPECT_THAT(error_of([&] { open_weights(folder.path()); }), HasSubstr("\"a\" is there twice"));
}

TEST(SafetensorsFolder, BadIndexAndConfigAreNamed) {
  const Folder folder;
  folder.write("config.json", "{}");
  for (const char* index :
       {"{", "[]", "{}", R"({"weight_map": {}})", R"({"weight_map": {"a": 3}})", R"({"weight_map": {"a": "../x"}})"}) {
    folder.write("model.safetensors.index.json", index);
    EXPECT_THAT(error_of([&] { open_weights(folder.path()); }), HasSubstr("index.json]")) << index;
  }
  folder.write("model.safetensors", safetensors_bytes(kTwo, 26));
  const std::string bomb = std::string(100000, '[');
  for (const std::string& config :
       {std::string("{\n\"a\": ,"), std::string("[1]"), bomb, "{\"a\":" + bomb, std::string()}) {
    folder.write("config.json", config);
    EXPECT_THAT(error_of([&] { open_weights(folder.path()); }), HasSubstr("config.json]")) << config.substr(0, 40);
  }
  folder.write("config.json", "{\n\"a\": ,}");
  EXPECT_THAT(error_of([&] { open_weights(folder.path()); }), HasSubstr("line 2"));
}

TEST(SafetensorsWriter, WhatIsWrittenIsRead) {
  const Folder folder;
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const std::vector<int64_t> ids = {7, -8};
  const NamedTensorBytes tensors[] = {{"x.0", {2, 3}, DType::f32, std::as_bytes(std::span(values))},
                                      {"ids", {2}, DType::i64, std::as_bytes(std::span(ids))},
                                      {"none", {0, 4}, DType::f16, {}}};
  const std::pair<std::string, std::string> metadata[] = {{"prompt", "\"hello\"\n"}};
  write_safetensors(folder / "t.safetensors", tensors, metadata);
  const auto source = open_safetensors_file(folder / "t.safetensors");
  for (const NamedTensorBytes& tensor : tensors) {
    const TensorInfo& read = require_tensor(*source, tensor.name);
    EXPECT_EQ(read.shape, tensor.shape);
    EXPECT_EQ(read.dtype, tensor.dtype);
    ASSERT_EQ(read.bytes.size(), tensor.bytes.size());
    EXPECT_TRUE(std::equal(read.bytes.begin(), read.bytes.end(), tensor.bytes.begin()));
  }
  EXPECT_EQ(*meta_str(source->meta("prompt")), "\"hello\"\n");
  write_safetensors(folder / "plain.safetensors", tensors);
  EXPECT_EQ(open_safetensors_file(folder / "plain.safetensors")->tensors().size(), 3u) << "without metadata";
  write_safetensors(folder / "empty.safetensors", {});
  EXPECT_TRUE(open_safetensors_file(folder / "empty.safetensors")->tensors().empty());
}

TEST(SafetensorsWriter, RefusesWhatTheFormatCannotHold) {
  const Folder folder;
  const std::vector<std::byte> bytes(20);
  const auto write = [&](const NamedTensorBytes& tensor) {
    return error_of([&] { write_safetensors(folder / "t.safetensors", std::span(&tensor, 1)); });
  };
  EXPECT_THAT(write({"q", {32}, DType::q4_1, bytes}), HasSubstr("q4_1"));
  EXPECT_THAT(write({"f", {4}, DType::f32, bytes}), HasSubstr("20 bytes"));
  const NamedTensorBytes twice[] = {{"f", {5}, DType::f32, bytes}, {"f", {5}, DType::f32, bytes}};
  EXPECT_THAT(error_of([&] { write_safetensors(folder / "t.safetensors", twice); }), HasSubstr("twice"));
  EXPECT_THAT(error_of([&] { write_safetensors(folder / "no/such/t.safetensors", {}); }), HasSubstr("t.safetensors"));
}

}  // namespace
}  // namespace vitrine
