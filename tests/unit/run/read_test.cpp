// SPDX-License-Identifier: Apache-2.0
// A text that an encoder read: what the attention panel then asks about is what transformers recorded for the checkpoints of tests/data/llm,
// token types and local windows included.
#include <gmock/gmock.h>

#include "engine/io/safetensors.h"
#include "engine/text/tokenizer.h"
#include "tests/unit/run/desk.h"

namespace vitrine {
namespace {

using test::Desk;

const std::filesystem::path kData = VITRINE_TEST_DATA;

/// The text, token types and attention of a fixture's first recorded case.
class Recorded {
 public:
  explicit Recorded(const std::string& name) : file_(open_safetensors_file(kData / "llm" / name / "reference.safetensors")) {}
  std::vector<int32_t> ids(const char* tensor) const {
    const TensorInfo* info = file_->find(tensor);
    if (!info) return {};
    const std::vector<float> values = tensor_values(*info);
    return {values.begin(), values.end()};
  }
  /// [heads, rows, keys]
  std::vector<float> attention(int layer) const { return tensor_values(*file_->find("attentions." + std::to_string(layer))); }

 private:
  std::unique_ptr<WeightSource> file_;
};

std::string error_of(Desk& desk, JobId job) {
  const JobEnded ended = desk.wait(job);
  return ended.error ? ended.error->message() : "";
}

Inspect tile(int layer, int head, int64_t n) {
  return {.attention = Inspect::Attention::encoder, .lane = 7, .layer = layer, .head = head, .row_from = 0, .row_to = n, .key_from = 0, .key_to = n,
          .pixel_rows = int(n), .pixel_cols = int(n)};
}

}  // namespace

class ReadTest : public testing::TestWithParam<const char*> {};

TEST_P(ReadTest, AttentionIsWhatTheReferenceRecorded) {
  Desk desk;
  desk.open(GetParam());
  const Recorded recorded(GetParam());
  const Read read{.lane = 7, .tokens = recorded.ids("input_ids"), .token_types = recorded.ids("token_type_ids"), .precision = Precision::exact};
  const int64_t n = int64_t(read.tokens.size());
  const JobId job = desk.engine.submit(read);
  ASSERT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
  ASSERT_EQ(desk.of<PromptDone>(job).size(), 1u);
  EXPECT_EQ(desk.of<PromptDone>(job)[0].tokens, n);
  const auto loaded = desk.of<ModelLoaded>(1);
  ASSERT_EQ(loaded.size(), 1u);
  const std::vector<LayerSpec>& layers = loaded[0].facts->spec.layers();
  for (int layer = 0; layer < int(layers.size()); ++layer) {
    const std::vector<float> wanted = recorded.attention(layer);
    ASSERT_EQ(int64_t(wanted.size()), layers[size_t(layer)].heads * n * n);
    for (int head = 0; head < layers[size_t(layer)].heads; ++head) {
      const JobId asked = desk.engine.submit(tile(layer, head, n));
      ASSERT_EQ(desk.wait(asked).outcome, JobEnded::Outcome::done);
      const TapOut answer = desk.of<TapOut>(asked).at(0);
      EXPECT_FALSE(answer.recomputed);
      EXPECT_EQ(answer.at.stack, 0);
      EXPECT_EQ(answer.at.site, Site::attn_probs);
      const std::vector<float> got = answer.values->f32();
      double worst = 0;
      for (size_t i = 0; i < got.size(); ++i) worst = std::max(worst, std::abs(double(got[i]) - wanted[size_t(head * n * n) + i]));
      EXPECT_LT(worst, 2e-3) << "layer " << layer << ", head " << head;  // queries are kept as float16
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Encoders, ReadTest,
                         testing::Values("bert", "roberta", "distilbert", "albert", "electra", "mpnet", "nomic_bert", "modernbert", "eurobert", "embedding_gemma"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Read, AnotherTextTakesThePlaceOfTheFirst) {
  Desk desk;
  desk.open("bert");
  for (const std::vector<int32_t>& tokens : {std::vector<int32_t>{5, 6, 7}, std::vector<int32_t>{9, 8}}) {
    ASSERT_EQ(desk.wait(desk.engine.submit(Read{.lane = 7, .tokens = tokens})).outcome, JobEnded::Outcome::done);
    const JobId row = desk.engine.submit(Inspect{.what = Inspect::What::attention_row, .attention = Inspect::Attention::encoder, .lane = 7, .head = 1});
    ASSERT_EQ(desk.wait(row).outcome, JobEnded::Outcome::done);
    const std::vector<float> weights = desk.of<TapOut>(row).at(0).values->f32();
    ASSERT_EQ(weights.size(), tokens.size());  // the first token sees the whole text
    float sum = 0;
    for (float w : weights) sum += w;
    EXPECT_NEAR(sum, 1, 2e-3);
  }
  EXPECT_THAT(error_of(desk, desk.engine.submit(tile(0, 0, 3))), testing::HasSubstr("has computed 2 tokens"));
}

TEST(Read, TheEncoderOfAnEncoderDecoderReadsToo) {
  Desk desk;
  desk.open("t5");
  const std::vector<int32_t> source = Recorded("t5").ids("input_ids");
  Generate asked = test::question(1, {0}, 1, 2);
  asked.source = source;
  ASSERT_EQ(desk.wait(desk.engine.submit(asked)).outcome, JobEnded::Outcome::done);
  ASSERT_EQ(desk.wait(desk.engine.submit(Read{.lane = 7, .tokens = source})).outcome, JobEnded::Outcome::done);
  Inspect question = tile(1, 0, int64_t(source.size()));
  const JobId read = desk.engine.submit(question);
  question.lane = 1;
  const JobId answered = desk.engine.submit(question);
  ASSERT_EQ(desk.wait(read).outcome, JobEnded::Outcome::done);
  ASSERT_EQ(desk.wait(answered).outcome, JobEnded::Outcome::done);
  EXPECT_EQ(desk.of<TapOut>(read).at(0).values->f32(), desk.of<TapOut>(answered).at(0).values->f32());
}

TEST(Read, WhatCannotBeReadIsSaid) {
  const std::pair<const char*, std::pair<Read, const char*>> cases[] = {
      {"llama", {{.lane = 7, .tokens = {5, 6}}, "left to right"}},
      {"bert", {{.lane = 7}, "no tokens"}},
      {"bert", {{.lane = 7, .tokens = {5, 100000}}, "outside the vocabulary"}},
      {"bert", {{.lane = 7, .tokens = {5, 6}, .token_types = {0}}, "1 token types for 2 tokens"}},
      {"bert", {{.lane = 7, .tokens = {5, 6}, .token_types = {0, 2}}, "token type 2 of a model with 2"}},
      {"distilbert", {{.lane = 7, .tokens = {5, 6}, .token_types = {0, 0}}, "with 0"}},
      {"bert", {{.lane = 7, .tokens = std::vector<int32_t>(100000, 5)}, "100000 tokens, the model takes"}},
  };
  for (const auto& [name, wanted] : cases) {
    Desk desk;
    desk.open(name);
    EXPECT_THAT(error_of(desk, desk.engine.submit(wanted.first)), testing::HasSubstr(wanted.second)) << name;
  }
  Desk desk;
  desk.open("bert");
  ASSERT_EQ(desk.wait(desk.engine.submit(Read{.lane = 7, .tokens = {5, 6}})).outcome, JobEnded::Outcome::done);
  Inspect question = tile(0, 0, 2);
  question.what = Inspect::What::logits;
  EXPECT_THAT(error_of(desk, desk.engine.submit(question)), testing::HasSubstr("no answer"));
  question = tile(0, 0, 2);
  question.attention = Inspect::Attention::self;
  EXPECT_THAT(error_of(desk, desk.engine.submit(question)), testing::HasSubstr("no answer"));
  EXPECT_THAT(error_of(desk, desk.engine.submit(Resample{.lane = 7})), testing::HasSubstr("no answer"));
}

}  // namespace vitrine
