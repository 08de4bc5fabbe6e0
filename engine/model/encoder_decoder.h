// SPDX-License-Identifier: Apache-2.0
// Two stacks: an encoder reads the source text once, a decoder with cross-attention writes the answer (Vaswani et al. 2017,
// arXiv:1706.03762; T5, BART). Stack 0 is the decoder, kEncoderStack the encoder.
#pragma once

#include "engine/model/decoder_model.h"

namespace vitrine {

/// The encoder alone: its layers, and no head.
ModelSpec encoder_spec(const ModelSpec& whole);

class EncoderDecoderModel final : public Model {
 public:
  EncoderDecoderModel(ModelSpec spec, WeightLoader& weights, std::shared_ptr<Backend> backend);

  const ModelSpec& spec() const noexcept override { return decoder_.spec(); }
  const SiteCatalog& sites() const noexcept override { return sites_; }
  const std::shared_ptr<Backend>& backend() const noexcept override { return decoder_.backend(); }
  /// Of both stacks; the encoder's canonical names begin with "encoder.".
  const std::map<std::string, std::vector<std::string>>& weights() const noexcept override { return encoder_.weights(); }
  bool reads_files() const noexcept override { return encoder_.reads_files(); }  // the loader counts for both
  const ParameterOrigins* parameters() const noexcept override { return encoder_.parameters(); }
  Output forward(Exec& ex, const Batch& batch) const override { return decoder_.forward(ex, batch); }
  const Model* encoder() const noexcept override { return &encoder_; }
  Output encode(Exec& ex, const Batch& batch) const override;
  Tensor logits(Exec& ex, const Tensor& normed) const override { return decoder_.logits(ex, normed); }
  ScoreRule score_rule(int layer) const override { return decoder_.score_rule(layer); }
  std::shared_ptr<const Model> with_spec(ModelSpec spec, float sink_logit) const override;

 private:
  DecoderModel decoder_, encoder_;
  SiteCatalog sites_;
};

}  // namespace vitrine
