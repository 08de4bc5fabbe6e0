// SPDX-License-Identifier: Apache-2.0
// BLOOM (arXiv:2211.05100): ALiBi, a norm after the embedding, q, k and v side by side per head, tanh GELU.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "transformer.word_embeddings.weight"},
    {"embed_norm.w", "transformer.word_embeddings_layernorm.weight"},
    {"embed_norm.b", "transformer.word_embeddings_layernorm.bias"},
    {"norm1.w", "transformer.h.{}.input_layernorm.weight"},
    {"norm1.b", "transformer.h.{}.input_layernorm.bias"},
    {"attn.o.w", "transformer.h.{}.self_attention.dense.weight"},
    {"attn.o.b", "transformer.h.{}.self_attention.dense.bias"},
    {"norm2.w", "transformer.h.{}.post_attention_layernorm.weight"},
    {"norm2.b", "transformer.h.{}.post_attention_layernorm.bias"},
    {"mlp.up.w", "transformer.h.{}.mlp.dense_h_to_4h.weight"},
    {"mlp.up.b", "transformer.h.{}.mlp.dense_h_to_4h.bias"},
    {"mlp.down.w", "transformer.h.{}.mlp.dense_4h_to_h.weight"},
    {"mlp.down.b", "transformer.h.{}.mlp.dense_4h_to_h.bias"},
    {"final_norm.w", "transformer.ln_f.weight"},
    {"final_norm.b", "transformer.ln_f.bias"},
    {"head.w", "lm_head.weight"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu_tanh, .rotary = false});
  use_layer_norm(config, spec);
  spec.embed_norm = true;
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.alibi.max_bias = 8;
    layer.placement = config.boolean_or("rebased", false) ? NormPlacement::rebased : NormPlacement::pre;
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = true;
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (!name.gguf && name.layer >= 0) split_qkv(recipe, name, spec, "transformer.h.{}.self_attention.query_key_value", FusedQkv::grouped);
}

Architecture bloom() {
  return {.id = "bloom", .gguf_names = {"bloom"}, .hf_model_types = {"bloom"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec,
          .adjust = adjust, .tied_unless_said = true, .padding_row = {.declared = false}};
}

}  // namespace vitrine
