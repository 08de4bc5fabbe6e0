// SPDX-License-Identifier: Apache-2.0
// Greedy: the most probable token; the lowest id wins ties.
#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

class Greedy final : public SamplerStage {
 public:
  explicit Greedy(const StageArguments&) {}
  std::string_view name() const noexcept override { return "greedy"; }
  void apply(Candidates& candidates, const DecodeView&) const override { candidates.keep(candidates.top(1)); }
};

}  // namespace

const StageDefinition& greedy_stage() {
  static const StageDefinition definition{{"greedy", "Greedy", "keep argmax l", "", {}, true}, make_stage<Greedy>};
  return definition;
}

}  // namespace vitrine
