// SPDX-License-Identifier: Apache-2.0
// Locally typical sampling: tokens whose surprise is closest to the entropy, until their probability reaches the mass.
// All that are as close as the last one stay, as in the reference implementation.
#include <cmath>
#include <limits>

#include "engine/decode/row_passes.h"
#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

class TypicalP final : public SamplerStage {
 public:
  explicit TypicalP(const StageArguments& arguments)
      : mass_(arguments.number("typical_p")), at_least_(arguments.count("min_tokens_to_keep")) {}
  std::string_view name() const noexcept override { return "typical_p"; }

  void apply(Candidates& candidates, const DecodeView&) const override {
    if (mass_ >= 1) return;
    const std::span<const float> logits = candidates.logits();
    const double log_sum = candidates.log_sum_exp(), typical = log_sum - candidates.entropy();
    RowBuffer buffer;
    std::vector<float>& closeness = buffer.values();  // minus the distance |-ln p - H|; removed tokens: -inf
    closeness.resize(logits.size());
    for (size_t i = 0; i < logits.size(); ++i) closeness[i] = float(-std::abs(double(logits[i]) - typical));
    std::vector<float> block_max(size_t(row_blocks(int64_t(logits.size()))));
    scan_row(closeness, block_max);
    for (int64_t n = std::max<int64_t>(64, at_least_);; n *= 8) {
      const std::vector<int32_t> order = largest_indices(closeness, block_max, n);
      double mass = 0;
      size_t last = 0;
      while (last < order.size() && (mass += std::exp(double(logits[size_t(order[last])]) - log_sum)) < mass_) ++last;
      if (last == order.size()) {
        if (int64_t(order.size()) < candidates.size()) continue;
        return;  // the mass is never reached: all stay
      }
      last = std::max(last, std::min(size_t(at_least_), order.size()) - 1);
      return candidates.keep(as_close(closeness, closeness[size_t(order[last])]));
    }
  }

 private:
  static std::vector<int32_t> as_close(const std::vector<float>& closeness, float least) {
    std::vector<int32_t> slots;
    for (size_t i = 0; i < closeness.size(); ++i)
      if (closeness[i] >= least) slots.push_back(int32_t(i));
    return slots;
  }

  double mass_;
  int64_t at_least_;
};

}  // namespace

const StageDefinition& typical_p_stage() {
  static const StageDefinition definition{
      {"typical_p",
       "Typical",
       "keep the smallest |-ln p_i - H| until their probability reaches the mass",
       "Meister et al. 2023, arXiv:2202.00666; transformers TypicalLogitsWarper",
       {{"typical_p", "", "probability that stays; 1: all", 0, 1, 0.95, false, 1}, min_tokens_to_keep()},
       true},
      make_stage<TypicalP>};
  return definition;
}

}  // namespace vitrine
