// SPDX-License-Identifier: Apache-2.0
// Top-k: the k largest logits; all that equal the k-th stay, as in the reference implementation.
#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

class TopK final : public SamplerStage {
 public:
  explicit TopK(const StageArguments& arguments)
      : k_(arguments.count("top_k")), at_least_(arguments.count("min_tokens_to_keep")) {}
  std::string_view name() const noexcept override { return "top_k"; }
  void apply(Candidates& candidates, const DecodeView&) const override {
    const int64_t k = std::max(k_, at_least_);
    if (k_ == 0 || k >= candidates.size()) return;
    candidates.keep_at_least(candidates.logits()[size_t(candidates.top(k).back())]);
  }

 private:
  int64_t k_, at_least_;
};

}  // namespace

const StageDefinition& top_k_stage() {
  static const StageDefinition definition{
      {"top_k",
       "Top-k",
       "keep l_i >= k-th largest l",
       "Fan et al. 2018, arXiv:1805.04833; transformers TopKLogitsWarper",
       {{"top_k", "tokens", "how many stay; 0: all", 0, kMostTokens, 40, true, 0}, min_tokens_to_keep()},
       true},
      make_stage<TopK>};
  return definition;
}

}  // namespace vitrine
