// SPDX-License-Identifier: Apache-2.0
// Would break: a damaged or foreign tokenizer.json crashes the program, or is taken for something it is not, instead of
// one clear sentence.
#include <gmock/gmock.h>

#include <thread>

#include "engine/core/error.h"
#include "engine/text/tokenizer.h"
#include "tests/unit/text/text_files.h"

namespace vitrine {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json good() {
  return json::parse(R"({"version": "1.0", "added_tokens": [{"id": 4, "content": "<e>", "special": true}],
    "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
    "model": {"type": "BPE", "unk_token": "u", "vocab": {"u": 0, "a": 1, "b": 2, "ab": 3}, "merges": [["a", "b"]]}})");
}

std::string complaint(const std::string& text) {
  try {
    Tokenizer::from_json(text);
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

TEST(TokenizerJson, TheGoodFileLoads) {
  const auto t = Tokenizer::from_json(good().dump());
  EXPECT_EQ(t->encode_ids("ab <e>"), (std::vector<int32_t>{3, 4}));
  EXPECT_EQ(t->vocab_size(), 5);
}

TEST(TokenizerJson, MergesMayBeStrings) {
  json j = good();
  j["model"]["merges"] = {"#version: 0.2", "a b"};
  EXPECT_EQ(Tokenizer::from_json(j.dump())->encode_ids("ab"), std::vector<int32_t>{3});
}

TEST(TokenizerJson, EveryDamageIsNamed) {
  struct Damage {
    const char *pointer, *value, *expected;
  };
  const Damage damages[] = {
      {"/version", R"("2.0")", "version '2.0'"},
      {"/model/type", R"("BTE")", "'BTE' is not known"},
      {"/model/vocab", "null", "'vocab' is missing"},
      {"/model/vocab", "7", "'vocab' should be"},
      {"/model/vocab/a", "-1", "is no token id"},
      {"/model/vocab/a", "4294967296", "is no token id"},
      {"/model/vocab/a", "2000000000", "out of range"},
      {"/model/vocab/a", "1.5", "is no token id"},
      {"/model/merges", "null", "'merges' is missing"},
      {"/model/merges/0", R"(["a", "zz"])", "needs 'zz'"},
      {"/model/merges/0", R"("abc")", "is not 'left right'"},
      {"/model/merges/0", R"(["a"])", "'merges' should be"},
      {"/model/dropout", "0.5", "dropout"},
      {"/pre_tokenizer/type", R"("Quantum")", "'Quantum' is not known"},
      {"/pre_tokenizer", "[]", "an object is expected"},
      {"/pre_tokenizer", R"({"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated", "invert": false})",
       "does not compile"},
      {"/pre_tokenizer", R"({"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Sideways", "invert": false})",
       "'behavior' should be"},
      {"/pre_tokenizer", R"({"type": "Metaspace", "replacement": "xy"})", "one character"},
      {"/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "AAA="})", "charsmap"},
      {"/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "?"})", "base64"},
      {"/normalizer", R"({"type": "Upside"})", "'Upside' is not known"},
      {"/decoder", R"({"type": "Oracle"})", "'Oracle' is not known"},
      {"/post_processor", R"({"type": "BertProcessing", "sep": ["x"], "cls": ["y", 1]})", "'cls' should be"},
      {"/post_processor",
       R"({"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "q", "type_id": 0}}], "pair": [], "special_tokens": {}})",
       "uses 'q'"},
      {"/added_tokens/0/content", "7", "'content' should be"},
      {"/added_tokens/0/id", R"("x")", "is no token id"},
  };
  for (const Damage& d : damages) {
    json j = good();
    j[json::json_pointer(d.pointer)] = json::parse(d.value);
    const std::string said = complaint(j.dump());
    EXPECT_THAT(said == d.expected ? "" : said,
                HasSubstr(std::string(d.expected) == "'cls' should be" ? "should be" : d.expected))
        << d.pointer << " = " << d.value;
    EXPECT_THAT(said, HasSubstr("; ")) << "no remedy: " << said;
  }
}

TEST(TokenizerJson, TextsThatAreNoJson) {
  for (const char* text : {"", "{", "[]", "nonsense", "{\"model\": 3}", "{\"model\": {\"type\": \"BPE\"}}", "\xFF\xFE"})
    EXPECT_NE(complaint(text), "accepted") << text;
  std::string deep;
  for (int i = 0; i < 3000; ++i) deep += R"({"type": "Sequence", "normalizers": [)";
  EXPECT_NE(complaint(R"({"model": {}, "normalizer": )" + deep), "accepted");
  json nested = {{"type", "Lowercase"}};
  for (int i = 0; i < 100; ++i) nested = {{"type", "Sequence"}, {"normalizers", {nested}}};
  json j = good();
  j["normalizer"] = nested;
  EXPECT_THAT(complaint(j.dump()), HasSubstr("nested too deeply"));
}

TEST(TokenizerJson, TextThatIsNotUtf8) {
  const auto t = Tokenizer::from_json(good().dump());
  try {
    t->encode("ab\xC3");
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("not UTF-8 at byte 2"));
  }
}

// One tokenizer, many threads: the same ids as alone.
TEST(TokenizerJson, ThreadsShareATokenizer) {
  const auto t =
      Tokenizer::from_json(test::read_file(std::string(VITRINE_TEST_DATA) + "/tokenizers/bpe_llama3/tokenizer.json"));
  test::RandomText random(11);
  std::vector<std::string> texts;
  for (int i = 0; i < 50; ++i) texts.push_back(random.text(200));
  std::vector<std::vector<int32_t>> alone;
  for (const std::string& text : texts) alone.push_back(t->encode_ids(text));
  std::vector<std::thread> threads;
  std::vector<int> wrong(8, 0);
  for (size_t n = 0; n < wrong.size(); ++n)
    threads.emplace_back([&, n] {
      for (int round = 0; round < 5; ++round)
        for (size_t i = 0; i < texts.size(); ++i)
          wrong[n] += t->encode(texts[(i + n * 7) % texts.size()]).ids != alone[(i + n * 7) % texts.size()];
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(8, 0));
}

}  // namespace
}  // namespace vitrine
