// SPDX-License-Identifier: Apache-2.0
// Persimmon (Adept 2023): an ungated squared-ReLU MLP, a rotary embedding of half the head, layer norms of q and k per head, q, k and v side by
// side per head (in a GGUF as well).
#include "engine/model/arch/all.h"

namespace vitrine {

static std::span<const NameRule> names() {
  static const std::vector<NameRule> list = renamed(hf_llama_names(), {{"attn.o.w", "model.layers.{}.self_attn.dense.weight"},
                                                                       {"attn.o.b", "model.layers.{}.self_attn.dense.bias"},
                                                                       {"attn.q_norm.w", "model.layers.{}.self_attn.q_layernorm.weight"},
                                                                       {"attn.q_norm.b", "model.layers.{}.self_attn.q_layernorm.bias"},
                                                                       {"attn.k_norm.w", "model.layers.{}.self_attn.k_layernorm.weight"},
                                                                       {"attn.k_norm.b", "model.layers.{}.self_attn.k_layernorm.bias"},
                                                                       {"mlp.up.w", "model.layers.{}.mlp.dense_h_to_4h.weight"},
                                                                       {"mlp.up.b", "model.layers.{}.mlp.dense_h_to_4h.bias"},
                                                                       {"mlp.down.w", "model.layers.{}.mlp.dense_4h_to_h.weight"},
                                                                       {"mlp.down.b", "model.layers.{}.mlp.dense_4h_to_h.bias"},
                                                                       {"final_norm.w", "model.final_layernorm.weight"},
                                                                       {"final_norm.b", "model.final_layernorm.bias"}});
  return list;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::relu_squared, .partial_rotary = 0.5});
  use_layer_norm(config, spec);
  const bool qk_norm = config.gguf() ? stored_in_layers(config, "attn_q_norm.weight") : config.boolean_or("qk_norm", true);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.kv_heads = layer.heads;
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = true;
    layer.qk_norm = qk_norm;
    layer.qk_norm_kind = NormKind::layer;
    layer.qk_norm_bias = true;
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer >= 0) split_qkv(recipe, name, spec, name.gguf ? "blk.{}.attn_qkv" : "model.layers.{}.self_attn.query_key_value", FusedQkv::grouped);
}

Architecture persimmon() {
  return {.id = "persimmon", .gguf_names = {"persimmon"}, .hf_model_types = {"persimmon"}, .keys = decoder_keys(), .hf_names = names(), .spec = spec,
          .adjust = adjust};
}

}  // namespace vitrine
