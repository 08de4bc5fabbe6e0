// SPDX-License-Identifier: Apache-2.0
// DistilBERT (arXiv:1910.01108): BERT without segments and pooler. Its norms have the epsilon 1e-12; sinusoidal positions are stored as a table.
#include "engine/model/arch/all.h"
#include "engine/model/arch/bert_family.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "distilbert.embeddings.word_embeddings.weight"},
    {"positions.w", "distilbert.embeddings.position_embeddings.weight"},
    {"embed_norm.w", "distilbert.embeddings.LayerNorm.weight"},
    {"embed_norm.b", "distilbert.embeddings.LayerNorm.bias"},
    {"attn.q.w", "distilbert.transformer.layer.{}.attention.q_lin.weight"},
    {"attn.q.b", "distilbert.transformer.layer.{}.attention.q_lin.bias"},
    {"attn.k.w", "distilbert.transformer.layer.{}.attention.k_lin.weight"},
    {"attn.k.b", "distilbert.transformer.layer.{}.attention.k_lin.bias"},
    {"attn.v.w", "distilbert.transformer.layer.{}.attention.v_lin.weight"},
    {"attn.v.b", "distilbert.transformer.layer.{}.attention.v_lin.bias"},
    {"attn.o.w", "distilbert.transformer.layer.{}.attention.out_lin.weight"},
    {"attn.o.b", "distilbert.transformer.layer.{}.attention.out_lin.bias"},
    {"norm1.w", "distilbert.transformer.layer.{}.sa_layer_norm.weight"},
    {"norm1.b", "distilbert.transformer.layer.{}.sa_layer_norm.bias"},
    {"mlp.up.w", "distilbert.transformer.layer.{}.ffn.lin1.weight"},
    {"mlp.up.b", "distilbert.transformer.layer.{}.ffn.lin1.bias"},
    {"mlp.down.w", "distilbert.transformer.layer.{}.ffn.lin2.weight"},
    {"mlp.down.b", "distilbert.transformer.layer.{}.ffn.lin2.bias"},
    {"norm2.w", "distilbert.transformer.layer.{}.output_layer_norm.weight"},
    {"norm2.b", "distilbert.transformer.layer.{}.output_layer_norm.bias"},
    {"head_dense.w", "vocab_transform.weight"},
    {"head_dense.b", "vocab_transform.bias"},
    {"head_norm.w", "vocab_layer_norm.weight"},
    {"head_norm.b", "vocab_layer_norm.bias"},
    {"head.w", "vocab_projector.weight"},
    {"head.b", "vocab_projector.bias"},
};

static constexpr KeyPair kOwnKeys[] = {{"dim", "", "dim|hidden_size"}, {"hidden", "", "hidden_dim|intermediate_size"}};

static std::span<const KeyPair> keys() {
  static const std::vector<KeyPair> all = joined_keys(kOwnKeys, encoder_keys());
  return all;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bert(config, kNames);
  spec.norm_eps = 1e-12f;
  return spec;
}

Architecture distilbert() {
  return {.id = "distilbert", .gguf_names = {}, .hf_model_types = {"distilbert"}, .keys = keys(), .hf_names = kNames, .spec = spec,
          .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
