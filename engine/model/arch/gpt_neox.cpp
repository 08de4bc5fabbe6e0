// SPDX-License-Identifier: Apache-2.0
// GPT-NeoX (arXiv:2204.06745) and Pythia: attention and MLP in parallel on a norm each, a rotary embedding of a quarter of the head, q, k and v
// side by side per head.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "gpt_neox.embed_in.weight"},
    {"norm1.w", "gpt_neox.layers.{}.input_layernorm.weight"},
    {"norm1.b", "gpt_neox.layers.{}.input_layernorm.bias"},
    {"attn.o.w", "gpt_neox.layers.{}.attention.dense.weight"},
    {"attn.o.b", "gpt_neox.layers.{}.attention.dense.bias"},
    {"norm2.w", "gpt_neox.layers.{}.post_attention_layernorm.weight"},
    {"norm2.b", "gpt_neox.layers.{}.post_attention_layernorm.bias"},
    {"mlp.up.w", "gpt_neox.layers.{}.mlp.dense_h_to_4h.weight"},
    {"mlp.up.b", "gpt_neox.layers.{}.mlp.dense_h_to_4h.bias"},
    {"mlp.down.w", "gpt_neox.layers.{}.mlp.dense_4h_to_h.weight"},
    {"mlp.down.b", "gpt_neox.layers.{}.mlp.dense_4h_to_h.bias"},
    {"final_norm.w", "gpt_neox.final_layer_norm.weight"},
    {"final_norm.b", "gpt_neox.final_layer_norm.bias"},
    {"head.w", "embed_out.weight|lm_head.weight"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu, .partial_rotary = 0.25});
  use_layer_norm(config, spec);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.parallel = config.boolean_or("parallel", true);
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", true);
    layer.ffn_bias = true;
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (!name.gguf && name.layer >= 0) split_qkv(recipe, name, spec, "gpt_neox.layers.{}.attention.query_key_value", FusedQkv::grouped);
}

Architecture gpt_neox() {
  return {.id = "gpt_neox", .gguf_names = {"gptneox"}, .hf_model_types = {"gpt_neox"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec,
          .adjust = adjust, .padding_row = {.declared = false}};
}

}  // namespace vitrine
