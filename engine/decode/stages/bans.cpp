// SPDX-License-Identifier: Apache-2.0
// Stages that forbid tokens: those that would repeat an n-gram or complete a bad word; and logit bias, whose -inf
// forbids. If they would forbid every token that is left, they forbid none.
#include <cmath>
#include <limits>
#include <set>

#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

void ban(Candidates& candidates, const std::set<int32_t>& tokens) {
  std::vector<int32_t> slots;
  for (const int32_t token : tokens)
    if (const auto slot = candidates.find(token)) slots.push_back(int32_t(*slot));
  candidates.remove(slots);
}

class NoRepeatNgram final : public SamplerStage {
 public:
  explicit NoRepeatNgram(const StageArguments& arguments) : size_(arguments.count("no_repeat_ngram_size")) {}
  std::string_view name() const noexcept override { return "no_repeat_ngram"; }
  void apply(Candidates& candidates, const DecodeView& view) const override {
    const int64_t prefix = size_ - 1, length = int64_t(view.history.size());
    if (size_ == 0 || length < size_) return;
    const std::span<const int32_t> end = view.history.last(size_t(prefix));
    std::set<int32_t> banned;
    for (int64_t i = 0; i + prefix < length; ++i)
      if (std::equal(end.begin(), end.end(), view.history.begin() + i)) banned.insert(view.history[size_t(i + prefix)]);
    ban(candidates, banned);
  }

 private:
  int64_t size_;
};

class BadWords final : public SamplerStage {
 public:
  explicit BadWords(const StageArguments& arguments) : words_(arguments.spec().sequences) {}
  std::string_view name() const noexcept override { return "bad_words"; }
  void apply(Candidates& candidates, const DecodeView& view) const override {
    std::set<int32_t> banned;
    for (const std::vector<int32_t>& word : words_) {
      const size_t prefix = word.size() - 1;
      if (prefix <= view.history.size() &&
          std::equal(word.begin(), word.end() - 1, view.history.end() - std::ptrdiff_t(prefix)))
        banned.insert(word.back());
    }
    ban(candidates, banned);
  }

 private:
  std::vector<std::vector<int32_t>> words_;  // none empty
};

class LogitBias final : public SamplerStage {
 public:
  explicit LogitBias(const StageArguments& arguments) : bias_(arguments.spec().bias) {
    for (const auto& [id, value] : bias_)
      if (value == -std::numeric_limits<float>::infinity()) banned_.insert(id);
  }
  std::string_view name() const noexcept override { return "logit_bias"; }
  void apply(Candidates& candidates, const DecodeView&) const override {
    ban(candidates, banned_);
    for (const auto& [id, value] : bias_) {
      if (std::isinf(value) || value == 0) continue;
      if (const auto slot = candidates.find(id))
        candidates.set_logit(*slot, candidates.logits()[size_t(*slot)] + value);
    }
  }

 private:
  std::vector<std::pair<int32_t, float>> bias_;
  std::set<int32_t> banned_;
};

}  // namespace

const StageDefinition& no_repeat_ngram_stage() {
  static const StageDefinition definition{
      {"no_repeat_ngram",
       "No repeated n-gram",
       "remove i if the last n-1 tokens and i occur already",
       "Paulus et al. 2017, arXiv:1705.04304; transformers NoRepeatNGramLogitsProcessor",
       {{"no_repeat_ngram_size", "tokens", "n; 0: off", 0, 1000, 0, true, 0}}},
      make_stage<NoRepeatNgram>};
  return definition;
}

const StageDefinition& bad_words_stage() {
  static const StageDefinition definition{{"bad_words",
                                           "Bad words",
                                           "remove i if it completes one of the sequences",
                                           "transformers NoBadWordsLogitsProcessor",
                                           {}},
                                          make_stage<BadWords>};
  return definition;
}

const StageDefinition& logit_bias_stage() {
  static const StageDefinition definition{
      {"logit_bias", "Logit bias", "l_i <- l_i + b_i; b_i = -inf removes", "OpenAI API reference, logit_bias", {}},
      make_stage<LogitBias>};
  return definition;
}

}  // namespace vitrine
