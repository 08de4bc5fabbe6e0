// SPDX-License-Identifier: Apache-2.0
// Beam search on models small enough to enumerate.
#include "engine/decode/strategy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "engine/core/error.h"
#include "engine/core/rng.h"

using namespace vitrine;

namespace {

/// The next token's logits depend on the last token only.
class ChainModel final : public StepModel {
 public:
  explicit ChainModel(int vocab) : vocab_(vocab) {}
  std::vector<std::vector<float>> step(std::span<const Hypothesis> hypotheses) override {
    std::vector<std::vector<float>> all;
    for (const Hypothesis& h : hypotheses) {
      check_parent(h);
      all.push_back(logits(h.tokens.back()));
    }
    previous_.assign(hypotheses.begin(), hypotheses.end());
    return all;
  }
  std::vector<float> logits(int32_t last) const {
    std::vector<float> row;
    for (int i = 0; i < vocab_; ++i) row.push_back(float(3 * uniform(9, uint64_t(i), uint32_t(last))));
    return row;
  }

 private:
  // A cached model relies on it: the parent plus one token is the hypothesis.
  void check_parent(const Hypothesis& h) {
    if (previous_.empty()) return;
    std::vector<int32_t> shorter(h.tokens.begin(), h.tokens.end() - 1);
    EXPECT_EQ(previous_.at(size_t(h.parent)).tokens, shorter);
  }
  int vocab_;
  std::vector<Hypothesis> previous_;
};

}  // namespace

// With as many beams as there are prefixes the search is exhaustive, so the best sequence of all has to come out.
TEST(BeamSearch, WideEnoughFindsTheBestOfAll) {
  ChainModel model(5);
  const BeamOptions options{.beams = 125, .return_sequences = 125, .max_new_tokens = 3};
  const std::vector<int32_t> prompt{2};
  const std::vector<BeamResult> found = beam_search(model, prompt, options);
  ASSERT_EQ(found.size(), 125u);
  double best = -1e9;
  const std::function<void(int32_t, int, double)> walk = [&](int32_t last, int depth, double log_p) {
    if (depth == 3) {
      best = std::max(best, log_p / 3);
      return;
    }
    const std::vector<float> row = model.logits(last);
    double sum = 0;
    for (const float l : row) sum += std::exp(double(l));
    for (int32_t t = 0; t < 5; ++t) walk(t, depth + 1, log_p + double(row[size_t(t)]) - std::log(sum));
  };
  walk(2, 0, 0);
  EXPECT_NEAR(found.front().score, best, 1e-6);
  for (size_t i = 1; i < found.size(); ++i) EXPECT_GE(found[i - 1].score, found[i].score);
}

TEST(BeamSearch, EndTokensEnd) {
  for (const EarlyStopping stopping : {EarlyStopping::no, EarlyStopping::yes, EarlyStopping::never}) {
    ChainModel model(6);
    const BeamOptions options{
        .beams = 3, .return_sequences = 3, .max_new_tokens = 20, .early_stopping = stopping, .end_ids = {4}};
    const std::vector<int32_t> prompt{1, 0};
    for (const BeamResult& r : beam_search(model, prompt, options)) {
      const auto end = std::find(r.tokens.begin() + 2, r.tokens.end(), 4);
      EXPECT_TRUE(end == r.tokens.end() - 1 || (end == r.tokens.end() && r.tokens.size() == 22u));
    }
  }
}

TEST(BeamSearch, SenselessOptionsAreErrors) {
  ChainModel model(3);
  const std::vector<int32_t> prompt{0};
  for (const BeamOptions& o :
       {BeamOptions{.beams = 0}, BeamOptions{.return_sequences = 5}, BeamOptions{.max_new_tokens = 0},
        BeamOptions{.length_penalty = NAN}, BeamOptions{.processors = {{{.name = "nothing"}}}}})
    EXPECT_THROW(beam_search(model, prompt, o), Error);
}
