// SPDX-License-Identifier: Apache-2.0
// Beam search over a real model: each hypothesis is a sequence in the paged cache, forked from its parent's, and all of
// them run as one batch.
#pragma once

#include <memory>
#include <vector>

#include "engine/decode/strategy.h"
#include "engine/model/model.h"

namespace vitrine {

class VT_API CachedStepModel final : public StepModel {
 public:
  /// `cache`: the format of keys and values; f32 for comparison with references.
  CachedStepModel(std::shared_ptr<const Model> model, Precision precision, DType cache);
  /// Goes on from `start`, which holds a part of the prompt.
  CachedStepModel(std::shared_ptr<const Model> model, Precision precision, std::unique_ptr<SeqState> start);
  /// Encoder-decoders: the text that is answered to, before the first step.
  void encode(std::span<const int32_t> source);
  std::vector<std::vector<float>> step(std::span<const Hypothesis> hypotheses) override;

 private:
  std::shared_ptr<const Model> model_;
  Precision precision_;
  std::unique_ptr<SeqState> start_;                // has the source, where there is one
  std::vector<std::unique_ptr<SeqState>> states_;  // of the last step's hypotheses
};

}  // namespace vitrine
