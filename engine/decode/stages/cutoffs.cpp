// SPDX-License-Identifier: Apache-2.0
// Stages that keep every token above a threshold: min-p, epsilon and eta cutoff on probabilities, top-n-sigma on
// logits.
#include <cmath>
#include <limits>

#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

/// The logit of the n-th most probable, or of the last.
float nth_logit(const Candidates& candidates, int64_t n) {
  if (n <= 1) return candidates.largest();
  return candidates.logits()[size_t(candidates.top(n).back())];
}

/// Smallest float that is not below a threshold given in double.
float at_or_above(double threshold) {
  const float f = float(threshold);
  return double(f) < threshold ? std::nextafter(f, std::numeric_limits<float>::infinity()) : f;
}

class MinP final : public SamplerStage {
 public:
  explicit MinP(const StageArguments& arguments)
      : min_p_(arguments.number("min_p")), at_least_(arguments.count("min_tokens_to_keep")) {}
  std::string_view name() const noexcept override { return "min_p"; }
  void apply(Candidates& candidates, const DecodeView&) const override {
    if (min_p_ == 0) return;
    const float threshold = at_or_above(double(candidates.largest()) + std::log(min_p_));
    if (at_least_ == 1) return candidates.keep_at_least(threshold);
    std::vector<int32_t> first = candidates.top(at_least_);
    if (candidates.logits()[size_t(first.back())] >= threshold)
      candidates.keep_at_least(threshold);
    else
      candidates.keep(std::move(first));
  }

 private:
  double min_p_;
  int64_t at_least_;
};

class EpsilonCutoff final : public SamplerStage {
 public:
  explicit EpsilonCutoff(const StageArguments& arguments)
      : epsilon_(arguments.number("epsilon_cutoff")), at_least_(arguments.count("min_tokens_to_keep")) {}
  std::string_view name() const noexcept override { return "epsilon_cutoff"; }
  void apply(Candidates& candidates, const DecodeView&) const override {
    if (epsilon_ == 0) return;
    const float threshold = at_or_above(candidates.log_sum_exp() + std::log(epsilon_));
    candidates.keep_at_least(std::min(threshold, nth_logit(candidates, at_least_)));
  }

 private:
  double epsilon_;
  int64_t at_least_;
};

class EtaCutoff final : public SamplerStage {
 public:
  explicit EtaCutoff(const StageArguments& arguments)
      : epsilon_(arguments.number("eta_cutoff")), at_least_(arguments.count("min_tokens_to_keep")) {}
  std::string_view name() const noexcept override { return "eta_cutoff"; }
  void apply(Candidates& candidates, const DecodeView&) const override {
    if (epsilon_ == 0) return;
    const double eta = std::min(epsilon_, std::sqrt(epsilon_) * std::exp(-candidates.entropy()));
    const float threshold = at_or_above(candidates.log_sum_exp() + std::log(eta));
    candidates.keep_at_least(std::min(threshold, nth_logit(candidates, at_least_)));
  }

 private:
  double epsilon_;
  int64_t at_least_;
};

class TopNSigma final : public SamplerStage {
 public:
  explicit TopNSigma(const StageArguments& arguments) : n_(arguments.number("top_n_sigma")) {}
  std::string_view name() const noexcept override { return "top_n_sigma"; }
  void apply(Candidates& candidates, const DecodeView&) const override {
    if (n_ == 0) return;
    double sum = 0, squares = 0;
    const double centre = candidates.largest();  // any logit of the row: keeps the squares small
    for (const float logit : candidates.logits()) {
      if (logit == -std::numeric_limits<float>::infinity()) continue;
      sum += double(logit) - centre;
      squares += (double(logit) - centre) * (double(logit) - centre);
    }
    const double mean = sum / double(candidates.size());
    const double sigma = std::sqrt(std::max(0.0, squares / double(candidates.size()) - mean * mean));
    candidates.keep_at_least(at_or_above(centre - n_ * sigma));
  }

 private:
  double n_;
};

}  // namespace

const StageDefinition& min_p_stage() {
  static const StageDefinition definition{
      {"min_p",
       "Min-p",
       "keep p_i >= m max p",
       "Nguyen et al. 2024, arXiv:2407.01082; transformers MinPLogitsWarper",
       {{"min_p", "", "share of the largest probability; 0: all stay", 0, 1, 0.05, false, 0}, min_tokens_to_keep()},
       true},
      make_stage<MinP>};
  return definition;
}

const StageDefinition& epsilon_cutoff_stage() {
  static const StageDefinition definition{
      {"epsilon_cutoff",
       "Epsilon cutoff",
       "keep p_i >= epsilon",
       "Hewitt et al. 2022, arXiv:2210.15191; transformers EpsilonLogitsWarper",
       {{"epsilon_cutoff", "", "smallest probability that stays; 0: all", 0, 1, 0.0003, false, 0},
        min_tokens_to_keep()},
       true},
      make_stage<EpsilonCutoff>};
  return definition;
}

const StageDefinition& eta_cutoff_stage() {
  static const StageDefinition definition{
      {"eta_cutoff",
       "Eta cutoff",
       "keep p_i >= min(epsilon, sqrt(epsilon) e^-H)",
       "Hewitt et al. 2022, arXiv:2210.15191; transformers EtaLogitsWarper",
       {{"eta_cutoff", "", "epsilon of the formula; 0: all stay", 0, 1, 0.0003, false, 0}, min_tokens_to_keep()},
       true},
      make_stage<EtaCutoff>};
  return definition;
}

const StageDefinition& top_n_sigma_stage() {
  static const StageDefinition definition{
      {"top_n_sigma",
       "Top-n-sigma",
       "keep l_i >= max l - n sigma(l)",
       "Tang et al. 2024, arXiv:2411.07641",
       {{"top_n_sigma", "standard deviations", "distance below the largest logit; 0: all stay", 0, 100, 1, false, 0}},
       true},
      make_stage<TopNSigma>};
  return definition;
}

}  // namespace vitrine
