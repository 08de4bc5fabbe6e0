// SPDX-License-Identifier: Apache-2.0
// Stages about the end of the answer: not before a length, more and more probable after one.
#include <cmath>

#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

class MinLength final : public SamplerStage {
 public:
  explicit MinLength(const StageArguments& arguments) : length_(arguments.count("min_length")) {}
  std::string_view name() const noexcept override { return "min_length"; }
  void apply(Candidates& candidates, const DecodeView& view) const override {
    if (int64_t(view.history.size()) >= length_) return;
    std::vector<int32_t> slots;
    for (const int32_t id : view.end_ids) {
      const auto slot = candidates.find(id);
      if (slot && std::find(slots.begin(), slots.end(), int32_t(*slot)) == slots.end()) slots.push_back(int32_t(*slot));
    }
    candidates.remove(slots);
  }

 private:
  int64_t length_;
};

class ExponentialDecay final : public SamplerStage {
 public:
  explicit ExponentialDecay(const StageArguments& arguments)
      : start_(arguments.count("start")), factor_(arguments.number("factor")) {}
  std::string_view name() const noexcept override { return "exponential_decay"; }
  void apply(Candidates& candidates, const DecodeView& view) const override {
    const int64_t past = int64_t(view.history.size()) - view.prompt_tokens - start_;
    if (past <= 0 || factor_ == 1) return;
    const double growth = std::pow(factor_, double(past)) - 1;
    for (size_t i = 0; i < view.end_ids.size(); ++i) {
      const auto earlier = view.end_ids.first(i);
      if (std::find(earlier.begin(), earlier.end(), view.end_ids[i]) != earlier.end()) continue;
      if (const auto slot = candidates.find(view.end_ids[i])) {
        const double logit = candidates.logits()[size_t(*slot)];
        candidates.set_logit(*slot, float(logit + std::abs(logit) * growth));
      }
    }
  }

 private:
  int64_t start_;
  double factor_;
};

}  // namespace

const StageDefinition& min_length_stage() {
  static const StageDefinition definition{
      {"min_length",
       "Minimum length",
       "remove end-of-generation tokens while prompt and answer are shorter",
       "transformers MinLengthLogitsProcessor",
       {{"min_length", "tokens", "prompt and answer together; 0: off", 0, kMostTokens, 0, true, 0}}},
      make_stage<MinLength>};
  return definition;
}

const StageDefinition& exponential_decay_stage() {
  static const StageDefinition definition{
      {"exponential_decay",
       "Push to the end",
       "end-of-generation tokens: l <- l + |l| (f^(n - start) - 1) once the answer has n > start tokens",
       "transformers ExponentialDecayLengthPenalty",
       {{"start", "tokens", "answer length from which the end becomes more probable", 0, kMostTokens, 256, true},
        {"factor", "", "growth for each token beyond; 1: off", 0.01, 100, 1.0, false, 1}}},
      make_stage<ExponentialDecay>};
  return definition;
}

}  // namespace vitrine
