// SPDX-License-Identifier: Apache-2.0
// Would break: vocabularies that exist only in GGUF files split texts otherwise than the checkpoint was trained with.
#include <gmock/gmock.h>

#include "engine/core/error.h"
#include "engine/text/byte_alphabet.h"
#include "engine/text/gguf_pre_tokenizers.h"
#include "engine/text/tokenizer.h"
#include "tests/unit/text/text_files.h"

namespace vitrine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// All 256 bytes and a few merges.
GgufVocabulary byte_vocabulary(std::string pre) {
  GgufVocabulary v;
  v.model = "gpt2";
  v.pre = std::move(pre);
  for (int b = 0; b < 256; ++b) v.tokens.push_back(text::piece_of_bytes(std::string(1, char(b))));
  for (const char* merge : {"1 2", "12 3", "a b", "\xC4\xA0 a", "l l"}) {
    v.merges.emplace_back(merge);
    std::string joined = merge;
    joined.erase(joined.find(' '), 1);
    v.tokens.push_back(joined);
  }
  v.tokens.push_back("<|end|>");
  v.types.assign(v.tokens.size(), 1);
  v.types.back() = 3;
  v.bos = v.eos = int32_t(v.tokens.size()) - 1;
  return v;
}

GgufVocabulary piece_vocabulary(const char* model, std::vector<std::string> pieces, std::vector<float> scores) {
  GgufVocabulary v;
  v.model = model;
  v.tokens = {"<unk>", "<s>", "</s>"};
  v.scores = {0, 0, 0};
  v.types = {2, 3, 3};
  for (int b = 0; b < 256; ++b) {
    char name[8];
    std::snprintf(name, sizeof name, "<0x%02X>", b);
    v.tokens.emplace_back(name);
    v.scores.push_back(0);
    v.types.push_back(6);
  }
  for (size_t i = 0; i < pieces.size(); ++i) {
    v.tokens.push_back(pieces[i]);
    v.scores.push_back(scores[i]);
    v.types.push_back(1);
  }
  return v;
}

std::vector<std::string> pieces_of(const Tokenizer& t, const std::string& text, bool add_special = false) {
  std::vector<std::string> out;
  for (const int32_t id : t.encode_ids(text, {.add_special = add_special})) out.emplace_back(t.piece(id));
  return out;
}

TEST(GgufTokenizer, EveryKnownPreTokenizerLosesNothing) {
  ASSERT_GE(text::gguf_pre_tokenizer_names().size(), 80u);
  for (const std::string_view name : text::gguf_pre_tokenizer_names()) {
    SCOPED_TRACE(name);
    if (text::find_gguf_pre_tokenizer(name)->kind != text::GgufPreTokenizer::Kind::bytes) continue;
    const auto tokenizer = Tokenizer::from_gguf(byte_vocabulary(std::string(name)));
    test::RandomText random(7);
    for (int i = 0; i < 60; ++i) {
      const std::string text = random.text(30);
      EXPECT_EQ(tokenizer->decode(tokenizer->encode_ids(text, {.add_special = false})), text);
    }
  }
}

TEST(GgufTokenizer, UnknownNamesAreErrorsNeverDefaults) {
  const auto message = [](const GgufVocabulary& v) -> std::string {
    try {
      Tokenizer::from_gguf(v);
    } catch (const Error& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_THAT(message(byte_vocabulary("next-years-model")), HasSubstr("'next-years-model' is not known"));
  EXPECT_THAT(message(byte_vocabulary("")), HasSubstr("does not name its pre-tokenizer"));
  GgufVocabulary v = byte_vocabulary("gpt-2");
  v.model = "martian";
  EXPECT_THAT(message(v), HasSubstr("'martian' is not known"));
  v = byte_vocabulary("gpt-2");
  v.merges.push_back("x yz");
  EXPECT_THAT(message(v), HasSubstr("needs 'yz'"));
  v = byte_vocabulary("gpt-2");
  v.merges.clear();
  EXPECT_THAT(message(v), HasSubstr("no merges"));
  v = byte_vocabulary("gpt-2");
  v.eos = 100000;
  EXPECT_THAT(message(v), HasSubstr("100000"));
  v = byte_vocabulary("gpt-2");
  v.types.resize(3);
  EXPECT_THAT(message(v), HasSubstr("token types"));
  v.tokens.clear();
  EXPECT_THAT(message(v), HasSubstr("no vocabulary"));
}

TEST(GgufTokenizer, DigitsAreCutAsTheNameSays) {
  const auto pieces = [](const char* pre) { return pieces_of(*Tokenizer::from_gguf(byte_vocabulary(pre)), "ab 1231"); };
  EXPECT_THAT(pieces("gpt-2"), ElementsAre("ab", "\xC4\xA0", "123", "1"));
  EXPECT_THAT(pieces("qwen2"), ElementsAre("ab", "\xC4\xA0", "1", "2", "3", "1"));
  EXPECT_THAT(pieces("starcoder"), ElementsAre("ab", "\xC4\xA0", "1", "2", "3", "1"));
  EXPECT_THAT(pieces("deepseek-v3"), ElementsAre("ab", "\xC4\xA0", "123", "1"));
  EXPECT_THAT(pieces("superbpe"), ElementsAre("ab", "\xC4\xA0", "1", "2", "3", "1"));  // from the right: 1 231
}

TEST(GgufTokenizer, SentencePieceJoinsByScore) {
  const auto v = piece_vocabulary("llama",
                                  {"\xE2\x96\x81", "a", "b", "c", "ab", "bc",
                                   "\xE2\x96\x81"
                                   "a"},
                                  {-1, -1, -1, -1, -5, -2, -9});
  const auto t = Tokenizer::from_gguf(v);
  EXPECT_THAT(pieces_of(*t, "abc", true), ElementsAre("<s>",
                                                      "\xE2\x96\x81"
                                                      "a",
                                                      "bc"));  // bc scores above ab
  EXPECT_THAT(pieces_of(*t, "\xC3\xA9"), ElementsAre("\xE2\x96\x81", "<0xC3>", "<0xA9>"));
  EXPECT_EQ(t->decode(t->encode_ids("a \xC3\xA9 bc")), "a \xC3\xA9 bc");
  EXPECT_TRUE(t->adds_bos());
  const Encoding e = t->encode("b\xC3\xA9", {.add_special = false});
  EXPECT_EQ(e.offsets, (std::vector<std::pair<uint32_t, uint32_t>>{{0, 1}, {0, 1}, {1, 2}, {1, 2}}));
  EXPECT_EQ(e.byte_offsets.back(), (std::pair<uint32_t, uint32_t>{1, 3}));
}

TEST(GgufTokenizer, UnigramTakesTheBestSum) {
  const auto v = piece_vocabulary("t5",
                                  {"\xE2\x96\x81", "a", "b", "ab",
                                   "\xE2\x96\x81"
                                   "a"},
                                  {-3, -2, -2, -3, -4});
  GgufVocabulary w = v;
  w.unk = 0;
  w.eos = 2;
  const auto t = Tokenizer::from_gguf(w);
  EXPECT_THAT(pieces_of(*t, "ab", true),
              ElementsAre("\xE2\x96\x81", "ab", "</s>"));  // -6, as the other way; the first stays
  EXPECT_THAT(pieces_of(*t, "a  zz"), ElementsAre("\xE2\x96\x81"
                                                  "a",
                                                  "\xE2\x96\x81", "\xE2\x96\x81", "<unk>"));
  w.remove_extra_whitespaces = true;
  EXPECT_THAT(pieces_of(*Tokenizer::from_gguf(w), " a  a "), ElementsAre("\xE2\x96\x81"
                                                                         "a",
                                                                         "\xE2\x96\x81"
                                                                         "a"));
}

TEST(GgufTokenizer, BertWordsComeBackAsWordPieces) {
  GgufVocabulary v;
  v.model = "bert";
  v.tokens = {"[PAD]",           "[UNK]", "[CLS]",         "[SEP]",
              "\xE2\x96\x81hug", "ging",  "\xE2\x96\x81!", "\xE2\x96\x81\xE6\x97\xA5"};
  v.types = {3, 3, 3, 3, 1, 1, 1, 1};
  v.bos = 2, v.sep = 3, v.unk = 1, v.pad = 0;
  const auto t = Tokenizer::from_gguf(v);
  EXPECT_THAT(pieces_of(*t, "Hugging!\xE6\x97\xA5 x", true),
              ElementsAre("[CLS]", "hug", "##ging", "!", "\xE6\x97\xA5", "[UNK]", "[SEP]"));
  EXPECT_EQ(t->decode(t->encode_ids("hugging !")), "hugging!");
}

TEST(GgufTokenizer, RwkvTakesTheLongestPiece) {
  GgufVocabulary v;
  v.model = "rwkv";
  v.tokens = {"<s>", "a", "ab", "\\n", "\\xe2\\x96", "\\x81"};
  const auto t = Tokenizer::from_gguf(v);
  EXPECT_THAT(t->encode_ids("aab\n\xE2\x96\x81"), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(t->decode(std::vector<int32_t>{2, 4, 5}), "ab\xE2\x96\x81");
  EXPECT_EQ(t->token_bytes(4), "\xE2\x96");
}

TEST(GgufTokenizer, SpecialTokensStayTextUnlessParsed) {
  const auto t = Tokenizer::from_gguf(byte_vocabulary("gpt-2"));
  const int32_t end = *t->id("<|end|>");
  EXPECT_THAT(t->encode_ids("a<|end|>"), ElementsAre('a', end));
  EXPECT_EQ(t->encode_ids("a<|end|>", {.parse_special = false}).size(), 8u);
  EXPECT_TRUE(t->is_special(end));
  EXPECT_TRUE(t->is_end_of_generation(end));
  EXPECT_EQ(t->decode(std::vector<int32_t>{end}, false), "<|end|>");
  EXPECT_EQ(t->decode(std::vector<int32_t>{end, 1 << 30, -5}, true), "");
}

}  // namespace
}  // namespace vitrine
