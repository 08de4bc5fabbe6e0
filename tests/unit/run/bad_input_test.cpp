// SPDX-License-Identifier: Apache-2.0
// Would break: a damaged, lying or foreign model would crash the window, or be answered without saying which file and which part is wrong
// and what to do. Everything comes in through the engine's door, as the window opens it.
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/io/safetensors.h"
#include "engine/io/safetensors_writer.h"
#include "engine/model/text_assets.h"
#include "engine/text/chat_template.h"
#include "tests/unit/io/files.h"
#include "tests/unit/run/desk.h"

using namespace vitrine;
using namespace vitrine::test;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

namespace {

using Values = std::vector<float>;
using Tensors = std::map<std::string, std::pair<Shape, Values>>;

const fs::path kGood = fs::path(VITRINE_TEST_DATA) / "llm/llama";
const char *const kUp = "model.layers.1.mlp.up_proj.weight", *const kOtherUp = "model.layers.0.mlp.up_proj.weight";

/// A copy of the tiny Llama, changed.
struct GoodFolder {
  Folder folder;

  GoodFolder() {
    for (const char* name : {"config.json", "model.safetensors"}) fs::copy_file(kGood / name, folder / name);
  }
  GoodFolder& config(const json& patch) {
    json values = json::parse(std::ifstream(kGood / "config.json"));
    values.merge_patch(patch);
    folder.write("config.json", values.dump());
    return *this;
  }
  GoodFolder& tensors(const std::function<void(Tensors&)>& change) {
    const auto source = open_safetensors_file(kGood / "model.safetensors");
    Tensors all;
    for (const TensorInfo& info : source->tensors()) all[info.name] = {info.shape, tensor_values(info)};
    change(all);
    std::vector<NamedTensorBytes> list;
    for (const auto& [name, tensor] : all) list.push_back({name, tensor.first, DType::f32, std::as_bytes(std::span(tensor.second))});
    write_safetensors(folder / "model.safetensors", list);
    return *this;
  }
  /// The header of model.safetensors as JSON, changed; the data stay.
  GoodFolder& header(const std::function<void(json&)>& change) {
    std::ifstream file(kGood / "model.safetensors", std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    json header = json::parse(bytes.substr(8, length));
    change(header);
    const std::string text = header.dump();
    folder.write("model.safetensors", Bytes().put(uint64_t(text.size())).raw(text).raw(bytes.substr(8 + length)).text);
    return *this;
  }
};

/// The error names the file (a path in `folder`), every one of `says`, and a remedy.
void expect_error(const JobEnded& ended, const fs::path& folder, const std::vector<std::string>& says) {
  ASSERT_EQ(ended.outcome, JobEnded::Outcome::failed);
  EXPECT_THAT(ended.error->what(), HasSubstr(folder.string()));
  for (const std::string& part : says) EXPECT_THAT(ended.error->what(), HasSubstr(part));
  EXPECT_NE(ended.error->hint(), "") << ended.error->what();
}

struct BadFolder {
  const char* name;
  std::function<void(GoodFolder&)> make;
  std::vector<std::string> says;
};

/// An entry whose header lies about one tensor.
std::function<void(GoodFolder&)> header_of(const char* tensor, const json& patch) {
  return [=](GoodFolder& m) { m.header([&](json& header) { header[tensor].merge_patch(patch); }); };
}
std::function<void(GoodFolder&)> config(const json& patch) {
  return [=](GoodFolder& m) { m.config(patch); };
}
std::function<void(GoodFolder&)> file(const char* name, const std::string& content) {
  return [=](GoodFolder& m) { m.folder.write(name, content); };
}

std::vector<BadFolder> bad_folders() {
  const std::string weights = "model.safetensors", up = kUp, lying = Bytes().put(uint64_t(1) << 60).raw("{}").text;
  const json elsewhere{1ull << 40, (1ull << 40) + 80 * 48 * 4};
  return {
      {"truncated", [](GoodFolder& m) { fs::resize_file(m.folder / "model.safetensors", 60000); }, {weights, "tensor \"", "the file has"}},
      {"cut in the header", [](GoodFolder& m) { fs::resize_file(m.folder / "model.safetensors", 100); }, {weights, "header"}},
      {"header length that lies", file("model.safetensors", lying), {weights, "header claims"}},
      {"overlapping tensors", [](GoodFolder& m) { m.header([](json& h) { h[kUp]["data_offsets"] = h[kOtherUp]["data_offsets"]; }); }, {weights, up, "overlap"}},
      {"offset beyond the file", header_of(kUp, {{"data_offsets", elsewhere}}), {weights, up, "the file has"}},
      {"huge dimensions", header_of(kUp, {{"shape", {1ull << 32, 1ull << 32}}}), {weights, up, "impossible shape"}},
      {"shape and bytes disagree", header_of(kUp, {{"shape", {80, 47}}}), {weights, up, "needs 15040 bytes"}},
      {"weights of integers", header_of(kUp, {{"dtype", "I32"}}), {up, "i32"}},
      {"weights of a type nobody reads", header_of(kUp, {{"dtype", "F8_E4M3"}}), {up, "F8_E4M3"}},
      {"missing tensor", [](GoodFolder& m) { m.tensors([](Tensors& t) { t.erase(kUp); }); }, {up, "missing", "[80, 48]"}},
      {"wrong shape", [](GoodFolder& m) { m.tensors([](Tensors& t) { t[kUp].first = {48, 80}; }); }, {up, "[48, 80]", "expected [80, 48]"}},
      {"unknown architecture", config({{"model_type", "lama"}}), {"\"lama\"", "nearest", "\"llama\""}},
      {"no architecture", config({{"model_type", nullptr}}), {"model_type"}},
      {"more layers than tensors", config({{"num_hidden_layers", 4}}), {"model.layers.3.", "missing"}},
      {"a layer count of a thousand million", config({{"num_hidden_layers", 1000000000}}), {"num_hidden_layers", "outside"}},
      {"heads that do not divide", config({{"num_key_value_heads", 3}}), {"num_key_value_heads", "does not divide"}},
      {"a width that overflows", config({{"intermediate_size", (1ll << 32) + 80}}), {"intermediate_size", "outside"}},
      {"a negative context", config({{"max_position_embeddings", -5}}), {"max_position_embeddings", "outside"}},
      {"a number that is text", config({{"hidden_size", "48"}}), {"hidden_size", "integer"}},
      {"an unknown rotary scheme", config({{"rope_parameters", {{"rope_type", "spiral"}}}}), {"\"spiral\"", "known"}},
      {"an unknown activation", config({{"hidden_act", "sine"}}), {"\"sine\"", "known"}},
      {"a configuration that is no JSON", file("config.json", "{"), {"config.json", "JSON"}},
      {"unknown tokenizer", file("tokenizer.json", R"({"version": "1.0", "model": {"type": "Martian", "vocab": {}}})"), {"tokenizer.json", "Martian"}},
      {"a tokenizer that is no JSON", file("tokenizer.json", "{\"model\": "), {"tokenizer.json", "JSON"}},
      {"a template that does not parse", file("chat_template.jinja", "a\n{% for x in %}"), {"chat_template.jinja:2:"}},
  };
}

struct BadFile {
  const char* name;
  std::string bytes;
  std::vector<std::string> says;
};

std::vector<BadFile> bad_files() {
  const uint64_t huge = uint64_t(1) << 40;
  const auto of = [](GgufTensor tensor, size_t data = 64) { return gguf_bytes({.tensors = {tensor}, .data_bytes = data}); };
  const Bytes martian = Bytes().str("general.architecture").put(8u).str("martian");
  return {
      {"truncated", of({.name = "token_embd.weight", .extents = {48, 160}}), {"token_embd.weight", "the file has"}},
      {"counts that lie", gguf_bytes({.claimed_tensors = huge}), {"more than the file can hold"}},
      {"overlapping tensors", gguf_bytes({.tensors = {{.name = "a", .extents = {16}}, {.name = "b", .offset = 32}}, .data_bytes = 64}), {"\"b\"", "overlap"}},
      {"misaligned offset", of({.offset = 4}), {"\"a\"", "multiple of 32"}},
      {"huge dimensions", of({.extents = {huge, huge}}), {"\"a\"", "impossible shape"}},
      {"unknown architecture", gguf_bytes({.tensors = {{}}, .meta = martian, .meta_count = 1, .data_bytes = 32}), {"\"martian\"", "nearest"}},
      {"no architecture", of({}), {"general.architecture"}},
  };
}

/// A good model still opens and answers.
void expect_usable(Desk& desk) {
  desk.open();
  EXPECT_EQ(desk.wait(desk.engine.submit(question(1, kPrompt))).outcome, JobEnded::Outcome::done);
}

}  // namespace

TEST(BadInput, EveryFolderIsOneErrorThatNamesFilePartAndRemedy) {
  Desk desk;
  for (const BadFolder& bad : bad_folders()) {
    SCOPED_TRACE(bad.name);
    GoodFolder model;
    bad.make(model);
    expect_error(desk.load(model.folder.path()), model.folder.path(), bad.says);
  }
  expect_usable(desk);
}

TEST(BadInput, EveryGgufFileIsOneErrorThatNamesFilePartAndRemedy) {
  Desk desk;
  const Folder folder;
  for (const BadFile& bad : bad_files()) {
    SCOPED_TRACE(bad.name);
    const fs::path path = folder.write("bad.gguf", bad.bytes);
    expect_error(desk.load(path), path, bad.says);
  }
  expect_usable(desk);
}

TEST(BadInput, AGgufWithAnUnknownTokenizerNamesFileAndKey) {
  const Folder folder;
  const auto error = [&](const char* model, const char* pre) {
    Bytes meta = Bytes().str("tokenizer.ggml.model").put(8u).str(model).str("tokenizer.ggml.pre").put(8u).str(pre);
    meta.str("tokenizer.ggml.tokens").put(9u).put(8u).put(uint64_t(1)).str("a");
    return error_of([&, path = folder.write("words.gguf", gguf_bytes({.meta = meta, .meta_count = 3}))] { load_tokenizer(path); });
  };
  EXPECT_THAT(error("martian", "default"), AllOf(HasSubstr("words.gguf"), HasSubstr("tokenizer.ggml.model"), HasSubstr("'martian'"), HasSubstr("; ")));
  EXPECT_THAT(error("gpt2", "next-year"), AllOf(HasSubstr("words.gguf"), HasSubstr("tokenizer.ggml.pre"), HasSubstr("'next-year'"), HasSubstr("; ")));
}

TEST(BadInput, WeightsThatAreNoNumbersAreNamedWhenTheAnswerFails) {
  Desk desk;
  for (const auto& [tensor, value] : {std::pair(kUp, NAN), std::pair("model.embed_tokens.weight", INFINITY)}) {
    GoodFolder model;
    model.tensors([&](Tensors& all) { std::fill_n(all[tensor].second.begin(), 48 * 20, value); });
    ASSERT_EQ(desk.load(model.folder.path()).outcome, JobEnded::Outcome::done);
    expect_error(desk.wait(desk.engine.submit(question(1, kPrompt))), model.folder.path(), {tensor, "not finite"});
  }
  expect_usable(desk);
}

TEST(BadInput, ATemplateThatLoopsForeverEndsWithItsPlace) {
  Desk desk;
  GoodFolder model;
  model.folder.write("chat_template.jinja", "{% macro again(n) %}{% for i in range(99999) %}{{ again(n) }}{% endfor %}{% endmacro %}\n"
                                            "{% for i in range(99999) %}{% for j in range(99999) %}{% for k in range(99999) %}x{% endfor %}{% endfor %}{% endfor %}");
  const JobId job = desk.engine.submit(LoadModel{.path = model.folder.path(), .threads = 1});
  ASSERT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
  const auto chat = desk.of<ModelLoaded>(job).at(0).chat_template;
  ASSERT_NE(chat, nullptr);
  EXPECT_THAT(error_of([&] { chat->render({.messages = {{"user", "hello"}}}); }),
              AllOf(HasSubstr((model.folder / "chat_template.jinja").string() + ":2:"), HasSubstr("loop forever")));
  expect_usable(desk);
}
