// SPDX-License-Identifier: Apache-2.0
// A token that stands where the checkpoint wants it: the language at the begin of a translation, the end token at the last place.
#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

class ForcedToken final : public SamplerStage {
 public:
  explicit ForcedToken(const StageArguments& arguments) : step_(arguments.count("step")), token_(arguments.count("token")) {}
  std::string_view name() const noexcept override { return "forced_token"; }
  void apply(Candidates& candidates, const DecodeView& view) const override {
    if (token_ < 0 || int64_t(view.step) != step_) return;
    const auto slot = candidates.find(int32_t(token_));
    if (!slot) return;
    candidates.keep({int32_t(*slot)});
    candidates.set_logit(*candidates.find(int32_t(token_)), 0);  // certain: log-probability 0
  }

 private:
  int64_t step_, token_;
};

}  // namespace

const StageDefinition& forced_token_stage() {
  static const StageDefinition definition{
      {"forced_token",
       "Forced token",
       "keep only the given token at the given place of the answer",
       "transformers ForcedBOSTokenLogitsProcessor, ForcedEOSTokenLogitsProcessor",
       {{"step", "tokens", "place in the answer, counted from 0", 0, kMostTokens, 0, true},
        {"token", "", "id of the token; -1: off", -1, kMostTokens, -1, true, -1}}},
      make_stage<ForcedToken>};
  return definition;
}

}  // namespace vitrine
