// SPDX-License-Identifier: Apache-2.0
// MPNet (arXiv:2004.09297), the model of all-mpnet-base-v2: RoBERTa's layers and positions without segments, and T5's bias by bucket of the
// distance, one table for all layers.
#include "engine/model/arch/all.h"
#include "engine/model/arch/bert_family.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "mpnet.embeddings.word_embeddings.weight"},
    {"positions.w", "mpnet.embeddings.position_embeddings.weight"},
    {"embed_norm.w", "mpnet.embeddings.LayerNorm.weight"},
    {"embed_norm.b", "mpnet.embeddings.LayerNorm.bias"},
    {"attn.buckets", "mpnet.encoder.relative_attention_bias.weight"},
    {"attn.q.w", "mpnet.encoder.layer.{}.attention.attn.q.weight"},
    {"attn.q.b", "mpnet.encoder.layer.{}.attention.attn.q.bias"},
    {"attn.k.w", "mpnet.encoder.layer.{}.attention.attn.k.weight"},
    {"attn.k.b", "mpnet.encoder.layer.{}.attention.attn.k.bias"},
    {"attn.v.w", "mpnet.encoder.layer.{}.attention.attn.v.weight"},
    {"attn.v.b", "mpnet.encoder.layer.{}.attention.attn.v.bias"},
    {"attn.o.w", "mpnet.encoder.layer.{}.attention.attn.o.weight"},
    {"attn.o.b", "mpnet.encoder.layer.{}.attention.attn.o.bias"},
    {"norm1.w", "mpnet.encoder.layer.{}.attention.LayerNorm.weight"},
    {"norm1.b", "mpnet.encoder.layer.{}.attention.LayerNorm.bias"},
    {"mlp.up.w", "mpnet.encoder.layer.{}.intermediate.dense.weight"},
    {"mlp.up.b", "mpnet.encoder.layer.{}.intermediate.dense.bias"},
    {"mlp.down.w", "mpnet.encoder.layer.{}.output.dense.weight"},
    {"mlp.down.b", "mpnet.encoder.layer.{}.output.dense.bias"},
    {"norm2.w", "mpnet.encoder.layer.{}.output.LayerNorm.weight"},
    {"norm2.b", "mpnet.encoder.layer.{}.output.LayerNorm.bias"},
    {"pooler.w", "mpnet.pooler.dense.weight"},
    {"pooler.b", "mpnet.pooler.dense.bias"},
    {"head_dense.w", "lm_head.dense.weight"},
    {"head_dense.b", "lm_head.dense.bias"},
    {"head_norm.w", "lm_head.layer_norm.weight"},
    {"head_norm.b", "lm_head.layer_norm.bias"},
    {"head.w", "lm_head.decoder.weight"},
    {"head.b", "lm_head.decoder.bias|lm_head.bias"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bert(config, kNames);
  padded_positions(config, spec, 1);  // fixed, like the number of buckets, whatever the configuration says
  spec.head_activation = Activation::gelu;
  for (LayerSpec& layer : spec.stacks[0].layers) layer.buckets.buckets = 32;
  return spec;
}

Architecture mpnet() {
  return {.id = "mpnet", .gguf_names = {}, .hf_model_types = {"mpnet"}, .keys = encoder_keys(), .hf_names = kNames, .spec = spec,
          .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
