// SPDX-License-Identifier: Apache-2.0
// Would break: ids, pieces, offsets or decoded text differ from those of the library the checkpoints were made with, so
// that a model reads other tokens than it was trained on.
#include "engine/model/text_assets.h"
#include "tests/support/real_models.h"
#include "tests/unit/text/text_files.h"

namespace vitrine {
namespace {

using namespace test;
namespace fs = std::filesystem;
using nlohmann::json;

std::vector<std::pair<uint32_t, uint32_t>> bytes_of(const std::string& text, const json& offsets) {
  std::vector<uint32_t> starts;
  for (size_t i = 0; i < text.size(); i += text::utf8_length(text[i])) starts.push_back(uint32_t(i));
  starts.push_back(uint32_t(text.size()));
  std::vector<std::pair<uint32_t, uint32_t>> out;
  for (const auto& pair : offsets) out.emplace_back(starts.at(pair[0].get<size_t>()), starts.at(pair[1].get<size_t>()));
  return out;
}

void check_streaming(const std::shared_ptr<const Tokenizer>& tokenizer, const std::vector<int32_t>& ids,
                     bool skip_special, const std::string& expected) {
  StreamDecoder stream(tokenizer, skip_special);
  std::string all;
  for (const int32_t id : ids) {
    const std::string part = stream.push(id);
    EXPECT_EQ(text::utf8_valid_prefix(part), part.size()) << "half a character";
    all += part;
  }
  all += stream.flush();
  EXPECT_EQ(all, expected);
}

void check_cases(const std::shared_ptr<const Tokenizer>& tokenizer, const fs::path& path) {
  const json file = json::parse(read_file(path));
  ASSERT_FALSE(file.at("cases").empty());
  for (const json& c : file["cases"]) {
    const auto text = c.at("text").get<std::string>();
    SCOPED_TRACE(path.string() + ": " + c["text"].dump());
    const Encoding e = tokenizer->encode(text);
    const auto ids = c.at("ids").get<std::vector<int32_t>>();
    ASSERT_EQ(json(e.ids), c["ids"]);
    EXPECT_EQ(json(e.tokens), c.at("tokens"));
    EXPECT_EQ(json(e.offsets), c.at("offsets"));
    EXPECT_EQ(e.byte_offsets, bytes_of(text, c["offsets"]));
    EXPECT_EQ(json(tokenizer->encode_ids(text)), c["ids"]);
    EXPECT_EQ(json(tokenizer->encode_ids(text, {.add_special = false})), c.at("ids_no_special"));
    EXPECT_EQ(json(tokenizer->decode(ids, false)), c.at("decoded"));
    EXPECT_EQ(json(tokenizer->decode(ids, true)), c.at("decoded_skip_special"));
    check_streaming(tokenizer, ids, false, c["decoded"]);
    check_streaming(tokenizer, ids, true, c["decoded_skip_special"]);
  }
  for (const json& c : file.at("pairs")) {
    SCOPED_TRACE(path.string() + ": pair " + c["a"].dump());
    const auto a = c.at("a").get<std::string>(), b = c.at("b").get<std::string>();
    const Encoding e = tokenizer->encode(a, {.pair = b});
    EXPECT_EQ(json(e.ids), c.at("ids"));
    EXPECT_EQ(json(e.type_ids), c.at("type_ids"));
    EXPECT_EQ(json(e.special), c.at("special_tokens_mask"));
  }
}

void check_folders(const fs::path& root) {
  int checked = 0;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (!fs::exists(entry.path() / "tokenizer.json")) continue;
    check_cases(load_tokenizer(entry.path()), entry.path() / "cases.json");
    ++checked;
  }
  EXPECT_GE(checked, 5);
}

TEST(TokenizerCases, OwnFiles) { check_folders(fs::path(VITRINE_TEST_DATA) / "tokenizers"); }

TEST(TokenizerCases, FullSet) {
  const fs::path root = fs::path(VITRINE_FIXTURES) / "tokenizers";
  if (!fs::exists(root)) GTEST_SKIP() << "the full reference set is not here";
  check_folders(root);
}

TEST(TokenizerCases, MiniLm) {
  const fs::path model = test::real_model(test::kMiniLm),
                 cases = fs::path(VITRINE_FIXTURES) / "tokenizers/real_minilm_bert/cases.json";
  if (!fs::exists(model) || !fs::exists(cases)) GTEST_SKIP() << "the checkpoint or its cases are not here";
  check_cases(load_tokenizer(model), cases);
}

TEST(TokenizerCases, SmolLm2Gguf) {
  const fs::path model = test::real_model(test::kSmolLm2),
                 folder = fs::path(VITRINE_FIXTURES) / "tokenizers/real_smollm2_gguf";
  if (!fs::exists(model) || !fs::exists(folder)) GTEST_SKIP() << "the checkpoint or its cases are not here";
  const auto tokenizer = load_tokenizer(model);
  check_cases(tokenizer, folder / "cases.json");
  EXPECT_EQ(tokenizer->eos_id(), 2);
  EXPECT_TRUE(tokenizer->is_end_of_generation(*tokenizer->id("<|im_end|>")));
  EXPECT_FALSE(tokenizer->adds_bos());

  const json file = json::parse(read_file(folder / "cases_llamacpp.json"));
  int differ = 0;
  for (const json& c : file.at("cases")) {
    const auto text = c.at("text").get<std::string>();
    if (text.find("\xC2\xBD") != std::string::npos || text.find("\xC2\xB2") != std::string::npos ||
        text.find("\xE2\x91") != std::string::npos)
      continue;
    differ += json(tokenizer->encode_ids(text, {.add_special = false, .parse_special = false})) != c.at("ids");
    differ += json(tokenizer->encode_ids(text, {.add_special = false, .parse_special = true})) != c.at("ids_special");
  }
  EXPECT_EQ(differ, 0);
}

}  // namespace
}  // namespace vitrine
