// SPDX-License-Identifier: Apache-2.0
// THE transformer stack: embeddings, layers as their LayerSpec says, final norm, head. An encoder-decoder has two (encoder_decoder.h).
#pragma once

#include "engine/model/decoder_step.h"
#include "engine/model/model.h"
#include "engine/model/state_mixer.h"
#include "engine/model/weight_loader.h"
#include "engine/nn/ops.h"

namespace vitrine {

/// Which stack of a model this one is.
struct StackPlace {
  int stack = 0;
  std::string prefix = {};  // of its canonical names: "encoder."
  bool shares_embed = false;
  Tensor embed = {};        // the embedding it shares with another stack
};

class DecoderModel final : public Model {
 public:
  DecoderModel(ModelSpec spec, WeightLoader& weights, std::shared_ptr<Backend> backend, StackPlace place = {});

  const ModelSpec& spec() const noexcept override { return spec_; }
  const SiteCatalog& sites() const noexcept override { return sites_; }
  const std::shared_ptr<Backend>& backend() const noexcept override { return backend_; }
  const std::map<std::string, std::vector<std::string>>& weights() const noexcept override { return names_; }
  bool reads_files() const noexcept override { return reads_files_; }
  const ParameterOrigins* parameters() const noexcept override { return parameters_.get(); }
  Output forward(Exec& ex, const Batch& batch) const override;
  Tensor logits(Exec& ex, const Tensor& normed) const override;
  ScoreRule score_rule(int layer) const override;
  std::shared_ptr<const Model> with_spec(ModelSpec spec, float sink_logit) const override;
  /// Takes on the spec; for a copy that nobody runs yet.
  void become(ModelSpec spec, float sink_logit);
  const Tensor& embedding() const noexcept { return embed_; }
  /// Cross-attention: writes the keys and values of `hidden` [rows, dim], what the encoder made of a batch, into the source of each
  /// segment's state. ex is within a step whose catalog has this stack.
  void keep_source(Exec& ex, const Tensor& hidden, const Batch& batch) const;

 private:
  struct Block {
    Norm norm1, norm2, post_attn, post_mlp;
    AttentionWeights attn;
    LatentWeights latent;
    Tensor alibi, sinks;  // [heads]: slopes, logits
    Tensor distances;     // bias by distance [heads, 2 n + 1]
    AttentionWeights cross;
    Norm cross_norm;
    FfnWeights ffn;
    MoeWeights moe;
    std::shared_ptr<const StateMixer> state;
    ChannelMixWeights channel_mix;
    Norm shared_norm, shared_ffn_norm;  // of the block shared with other layers (Zamba)
    Linear shared_out;
  };
  struct Branch;

  // decoder_load.cpp
  Norm load_norm(WeightLoader& weights, const std::string& name, int64_t width = 0) const;
  void load_embeddings(WeightLoader& weights);
  void load_head(WeightLoader& weights);
  Tensor load_distances(WeightLoader& weights, const LayerSpec& layer) const;
  Block load_block(WeightLoader& weights, int layer) const;
  void load_attention(WeightLoader& weights, const LayerSpec& layer, const std::string& prefix, Block& block) const;
  void load_feed_forward(WeightLoader& weights, const LayerSpec& layer, const std::string& prefix, Block& block) const;
  void load_shared(WeightLoader& weights, const LayerSpec& layer, int index, Block& block) const;
  SiteCatalog catalog() const;
  // decoder_variant.cpp
  void pool_heads(AttentionWeights& attention, const LayerSpec& from, const LayerSpec& to) const;
  // decoder_layer.cpp
  nn::NormRule norm_rule() const { return {spec_.norm == NormKind::layer, spec_.norm_eps}; }
  Tensor layer(Exec& ex, Tensor x, const Batch& batch, DecoderStep& step, int layer) const;
  /// x + function(norm(in)), with the norms where the layer's placement has them; in is x but where a shared block was added to it.
  template <class Function>
  Tensor branch(Exec& ex, const Tensor& x, const Tensor& in, const LayerSpec& layer, const Branch& branch, Function function) const;
  Tensor parallel_branches(Exec& ex, const Tensor& x, const Batch& batch, DecoderStep& step, int layer) const;
  /// The layer's mixer: [rows, dim] -> [rows, dim].
  Tensor mix(Exec& ex, const Tensor& h, const Batch& batch, DecoderStep& step, int layer) const;
  Tensor attention(Exec& ex, const Tensor& h, const Batch& batch, DecoderStep& step, int layer) const;
  Tensor mix_state(Exec& ex, const Tensor& h, const Batch& batch, DecoderStep& step, int layer) const;
  Tensor cross_attention(Exec& ex, const Tensor& h, const Batch& batch, DecoderStep& step, int layer) const;
  Tensor feed_forward(Exec& ex, const Tensor& h, DecoderStep& step, int layer) const;
  Tensor with_shared_block(Exec& ex, const Tensor& x, const Batch& batch, DecoderStep& step, int layer) const;
  Tensor latent_attention(Exec& ex, const Tensor& h, const Batch& batch, DecoderStep& step, int layer) const;
  /// Queries and log-sum-exp go to those sequences that keep them.
  void keep_queries(const nn::AttentionKept& kept, const Batch& batch, DecoderStep& step, int slot) const;
  // decoder_model.cpp
  Tensor embed(Exec& ex, const Batch& batch) const;
  Tensor positions(Exec& ex, const Batch& batch) const;
  Output finish(Exec& ex, Tensor x, const Batch& batch) const;

  ModelSpec spec_;
  StackPlace place_;
  std::shared_ptr<Backend> backend_;
  SiteCatalog sites_;
  std::map<std::string, std::vector<std::string>> names_;
  Tensor embed_, positions_, token_types_;
  Norm embed_norm_, final_norm_, head_norm_;
  Linear embed_in_, embed_out_, head_, head_dense_, pooler_;
  std::vector<Block> blocks_;
  std::shared_ptr<const ParameterOrigins> parameters_;
  bool reads_files_ = false;
};

/// The model that a spec describes, its weights out of the loader; EncoderDecoderModel where there are two stacks.
std::shared_ptr<const Model> build_model(const ModelSpec& spec, WeightLoader& weights, std::shared_ptr<Backend> backend);

}  // namespace vitrine
