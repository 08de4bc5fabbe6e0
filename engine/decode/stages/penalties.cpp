// SPDX-License-Identifier: Apache-2.0
// Penalties on tokens that were used: repetition (prompt and answer), frequency and presence (the answer).
#include <bit>

#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

StageParameter last_n() {
  return {"last_n", "tokens", "looks back this far; -1: over everything", -1, kMostTokens, -1, true};
}

std::span<const int32_t> last(std::span<const int32_t> tokens, int64_t n) {
  return n < 0 || n >= int64_t(tokens.size()) ? tokens : tokens.last(size_t(n));
}

std::span<const int32_t> answer(const DecodeView& view) {
  return view.history.subspan(std::min(view.history.size(), size_t(std::max(0, view.prompt_tokens))));
}

/// How often each token that can still be chosen occurs, as (slot, count), in order of first use.
std::vector<std::pair<int64_t, int64_t>> used(const Candidates& candidates, std::span<const int32_t> tokens) {
  struct Use {
    int32_t token = -1;
    int64_t count = 0;
  };
  std::vector<Use> uses;
  std::vector<int32_t> table(std::bit_ceil(2 * tokens.size() + 1), -1);  // open addressing: index into `uses`
  for (const int32_t token : tokens) {
    size_t at = (uint32_t(token) * 2654435769u) & (table.size() - 1);
    while (table[at] >= 0 && uses[size_t(table[at])].token != token) at = (at + 1) & (table.size() - 1);
    if (table[at] < 0) {
      table[at] = int32_t(uses.size());
      uses.push_back({token, 0});
    }
    ++uses[size_t(table[at])].count;
  }
  std::vector<std::pair<int64_t, int64_t>> found;
  for (const Use& use : uses)
    if (const auto slot = candidates.find(use.token)) found.emplace_back(*slot, use.count);
  return found;
}

class RepetitionPenalty final : public SamplerStage {
 public:
  explicit RepetitionPenalty(const StageArguments& arguments)
      : penalty_(float(arguments.number("repetition_penalty"))), last_n_(arguments.count("last_n")) {}
  std::string_view name() const noexcept override { return "repetition_penalty"; }
  void apply(Candidates& candidates, const DecodeView& view) const override {
    if (penalty_ == 1) return;
    for (const auto& [slot, count] : used(candidates, last(view.history, last_n_))) {
      const float logit = candidates.logits()[size_t(slot)];
      candidates.set_logit(slot, logit < 0 ? logit * penalty_ : logit / penalty_);
    }
  }

 private:
  float penalty_;
  int64_t last_n_;
};

/// Subtracts per_use for each use and once for all of them.
class UsePenalty : public SamplerStage {
 public:
  UsePenalty(double per_use, double once, int64_t last_n) : per_use_(per_use), once_(once), last_n_(last_n) {}
  void apply(Candidates& candidates, const DecodeView& view) const override {
    if (per_use_ == 0 && once_ == 0) return;
    for (const auto& [slot, count] : used(candidates, last(answer(view), last_n_)))
      candidates.set_logit(slot, candidates.logits()[size_t(slot)] - float(per_use_ * double(count) + once_));
  }

 private:
  double per_use_, once_;
  int64_t last_n_;
};

class FrequencyPenalty final : public UsePenalty {
 public:
  explicit FrequencyPenalty(const StageArguments& arguments)
      : UsePenalty(arguments.number("frequency_penalty"), 0, arguments.count("last_n")) {}
  std::string_view name() const noexcept override { return "frequency_penalty"; }
};

class PresencePenalty final : public UsePenalty {
 public:
  explicit PresencePenalty(const StageArguments& arguments)
      : UsePenalty(0, arguments.number("presence_penalty"), arguments.count("last_n")) {}
  std::string_view name() const noexcept override { return "presence_penalty"; }
};

}  // namespace

const StageDefinition& repetition_penalty_stage() {
  static const StageDefinition definition{
      {"repetition_penalty",
       "Repetition penalty",
       "used tokens: l_i <- l_i / r if l_i >= 0, else l_i r",
       "Keskar et al. 2019, arXiv:1909.05858; transformers RepetitionPenaltyLogitsProcessor",
       {{"repetition_penalty", "", "above 1 against repeating, below 1 for it", 0.01, 100, 1.1, false, 1}, last_n()}},
      make_stage<RepetitionPenalty>};
  return definition;
}

const StageDefinition& frequency_penalty_stage() {
  static const StageDefinition definition{
      {"frequency_penalty",
       "Frequency penalty",
       "l_i <- l_i - a (uses of i in the answer)",
       "OpenAI API reference, frequency_penalty",
       {{"frequency_penalty", "nats", "for each use in the answer", -2, 2, 0, false, 0}, last_n()}},
      make_stage<FrequencyPenalty>};
  return definition;
}

const StageDefinition& presence_penalty_stage() {
  static const StageDefinition definition{
      {"presence_penalty",
       "Presence penalty",
       "l_i <- l_i - a if i was used in the answer",
       "OpenAI API reference, presence_penalty",
       {{"presence_penalty", "nats", "once for a token used in the answer", -2, 2, 0, false, 0}, last_n()}},
      make_stage<PresencePenalty>};
  return definition;
}

}  // namespace vitrine
