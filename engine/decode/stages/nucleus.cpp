// SPDX-License-Identifier: Apache-2.0
// Stages that keep the most probable tokens until a budget is spent: top-p spends probability, top-h spends entropy.
// They read the order from its head, a few tokens first and eight times as many when those are not enough.
#include <cmath>

#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

class TopP final : public SamplerStage {
 public:
  explicit TopP(const StageArguments& arguments)
      : p_(arguments.number("top_p")), at_least_(arguments.count("min_tokens_to_keep")) {}
  std::string_view name() const noexcept override { return "top_p"; }
  void apply(Candidates& candidates, const DecodeView&) const override {
    if (p_ >= 1) return;
    const double log_sum = candidates.log_sum_exp();
    for (int64_t n = std::max<int64_t>(64, at_least_);; n *= 8) {
      std::vector<int32_t> order = candidates.top(n);
      double above = 0;  // probability of all tokens before this one
      size_t kept = 0;
      while (kept < order.size() && (above < p_ || int64_t(kept) < at_least_))
        above += std::exp(double(candidates.logits()[size_t(order[kept++])]) - log_sum);
      const bool spent = above >= p_ && int64_t(kept) >= at_least_;
      if (!spent && int64_t(order.size()) < candidates.size()) continue;
      order.resize(kept);
      return candidates.keep(std::move(order));
    }
  }

 private:
  double p_;
  int64_t at_least_;
};

class TopH final : public SamplerStage {
 public:
  explicit TopH(const StageArguments& arguments) : h_(arguments.number("top_h")), n_(arguments.count("top_n")) {}
  std::string_view name() const noexcept override { return "top_h"; }
  void apply(Candidates& candidates, const DecodeView&) const override {
    std::vector<int32_t> order = candidates.top(n_);
    std::vector<double> terms(order.size());  // -p ln p with p among the first n
    const double largest = candidates.largest();
    double sum = 0, entropy = 0;
    for (const int32_t slot : order) sum += std::exp(double(candidates.logits()[size_t(slot)]) - largest);
    // Rounded to float as in the reference: a token with all but 1e-7 of the probability then has none of the entropy.
    const double log_sum = float(largest + std::log(sum));
    for (size_t i = 0; i < order.size(); ++i) {
      const double log_p = double(candidates.logits()[size_t(order[i])]) - log_sum;
      entropy += terms[i] = -std::exp(log_p) * log_p;
    }
    double spent = terms[0];
    size_t kept = 1;
    while (kept < order.size() && spent + terms[kept] <= entropy * h_ * (1 + 1e-12)) spent += terms[kept++];
    order.resize(kept);
    candidates.keep(std::move(order));
  }

 private:
  double h_;
  int64_t n_;
};

}  // namespace

const StageDefinition& top_p_stage() {
  static const StageDefinition definition{
      {"top_p",
       "Top-p",
       "keep the most probable while the probability before them is below p",
       "Holtzman et al. 2020, arXiv:1904.09751; transformers TopPLogitsWarper",
       {{"top_p", "", "probability that stays; 1: all", 0, 1, 0.95, false, 1}, min_tokens_to_keep()},
       true},
      make_stage<TopP>};
  return definition;
}

const StageDefinition& top_h_stage() {
  static const StageDefinition definition{
      {"top_h",
       "Top-h",
       "among the n most probable keep while the sum of -p ln p is at most h times the entropy",
       "Potraghloo et al. 2025, arXiv:2509.02510; transformers TopHLogitsWarper",
       {{"top_h", "", "share of the entropy that stays", 0, 1, 0.5},
        {"top_n", "tokens", "looks at this many of the most probable", 1, kMostTokens, 100, true}},
       true},
      make_stage<TopH>};
  return definition;
}

}  // namespace vitrine
