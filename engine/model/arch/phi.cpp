// SPDX-License-Identifier: Apache-2.0
// Phi-1, Phi-1.5 and Phi-2 (arXiv:2309.05463): attention and MLP in parallel on one norm, biases everywhere (the head's as well), a rotary
// embedding of a part of the head. llama.cpp calls them "phi2".
#include "engine/model/arch/all.h"

namespace vitrine {

static std::span<const NameRule> names() {
  static const std::vector<NameRule> list = renamed(hf_llama_names(), {{"attn.o.w", "model.layers.{}.self_attn.dense.weight"},
                                                                       {"attn.o.b", "model.layers.{}.self_attn.dense.bias"},
                                                                       {"attn.q_norm.w", "model.layers.{}.self_attn.q_layernorm.weight"},
                                                                       {"attn.q_norm.b", "model.layers.{}.self_attn.q_layernorm.bias"},
                                                                       {"attn.k_norm.w", "model.layers.{}.self_attn.k_layernorm.weight"},
                                                                       {"attn.k_norm.b", "model.layers.{}.self_attn.k_layernorm.bias"},
                                                                       {"mlp.up.w", "model.layers.{}.mlp.fc1.weight"},
                                                                       {"mlp.up.b", "model.layers.{}.mlp.fc1.bias"},
                                                                       {"mlp.down.w", "model.layers.{}.mlp.fc2.weight"},
                                                                       {"mlp.down.b", "model.layers.{}.mlp.fc2.bias"},
                                                                       {"final_norm.w", "model.final_layernorm.weight"},
                                                                       {"final_norm.b", "model.final_layernorm.bias"}});
  return list;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu_tanh, .partial_rotary = 0.5});
  use_layer_norm(config, spec);
  spec.head_bias = true;
  const bool qk_norm = config.boolean_or("qk_norm", false);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.parallel = layer.shared_norm = true;
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = true;
    layer.qk_norm = qk_norm;
    layer.qk_norm_kind = NormKind::layer;
    layer.qk_norm_bias = true;
  }
  return spec;
}

Architecture phi() {
  return {.id = "phi", .gguf_names = {"phi2"}, .hf_model_types = {"phi"}, .keys = decoder_keys(), .hf_names = names(), .spec = spec};
}

}  // namespace vitrine
