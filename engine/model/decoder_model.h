// SPDX-License-Identifier: Apache-2.0
// THE transformer stack: embeddings, layers as their LayerSpec says, final norm, head.
#pragma once

#include "engine/model/model.h"
#include "engine/model/weight_loader.h"
#include "engine/nn/ops.h"

namespace vitrine {

class DecoderModel final : public Model {
 public:
  DecoderModel(ModelSpec spec, WeightLoader& weights, std::shared_ptr<Backend> backend);

  const ModelSpec& spec() const noexcept override { return spec_; }
  const SiteCatalog& sites() const noexcept override { return sites_; }
  const std::shared_ptr<Backend>& backend() const noexcept override { return backend_; }
  const std::map<std::string, std::vector<std::string>>& weights() const noexcept override { return names_; }
  Output forward(Exec& ex, const Batch& batch) const override;
  Tensor logits(Exec& ex, const Tensor& normed) const override;

 private:
  struct Block {
    Norm norm1, norm2, post_attn, post_mlp;
    AttentionWeights attn;
    FfnWeights ffn;
  };
  struct Step;  // what one forward pass shares between layers

  Block load_block(WeightLoader& weights, int layer) const;
  SiteCatalog catalog() const;
  nn::NormRule norm_rule() const { return {spec_.norm == NormKind::layer, spec_.norm_eps}; }
  Tensor embed(Exec& ex, const Batch& batch) const;
  Tensor attention(Exec& ex, const Tensor& h, const Batch& batch, Step& step, int layer) const;
  Tensor layer_pre(Exec& ex, Tensor x, const Batch& batch, Step& step, int layer) const;
  Tensor layer_post(Exec& ex, Tensor x, const Batch& batch, Step& step, int layer) const;
  Output finish(Exec& ex, Tensor x, const Batch& batch) const;

  ModelSpec spec_;
  std::shared_ptr<Backend> backend_;
  SiteCatalog sites_;
  std::map<std::string, std::vector<std::string>> names_;
  Tensor embed_, positions_, token_types_;
  Norm embed_norm_, final_norm_, head_norm_;
  Linear head_, head_dense_, pooler_;
  std::vector<Block> blocks_;
};

}  // namespace vitrine
