// SPDX-License-Identifier: Apache-2.0
// XGLM (arXiv:2112.10668): fairseq's decoder with sinusoidal positions from row 2 on and embeddings times sqrt(dim).
#include <cmath>

#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "model.embed_tokens.weight"},
    {"norm1.w", "model.layers.{}.self_attn_layer_norm.weight"},
    {"norm1.b", "model.layers.{}.self_attn_layer_norm.bias"},
    {"attn.q.w", "model.layers.{}.self_attn.q_proj.weight"},
    {"attn.q.b", "model.layers.{}.self_attn.q_proj.bias"},
    {"attn.k.w", "model.layers.{}.self_attn.k_proj.weight"},
    {"attn.k.b", "model.layers.{}.self_attn.k_proj.bias"},
    {"attn.v.w", "model.layers.{}.self_attn.v_proj.weight"},
    {"attn.v.b", "model.layers.{}.self_attn.v_proj.bias"},
    {"attn.o.w", "model.layers.{}.self_attn.out_proj.weight"},
    {"attn.o.b", "model.layers.{}.self_attn.out_proj.bias"},
    {"norm2.w", "model.layers.{}.final_layer_norm.weight"},
    {"norm2.b", "model.layers.{}.final_layer_norm.bias"},
    {"mlp.up.w", "model.layers.{}.fc1.weight"},
    {"mlp.up.b", "model.layers.{}.fc1.bias"},
    {"mlp.down.w", "model.layers.{}.fc2.weight"},
    {"mlp.down.b", "model.layers.{}.fc2.bias"},
    {"final_norm.w", "model.layer_norm.weight"},
    {"final_norm.b", "model.layer_norm.bias"},
    {"head.w", "lm_head.weight"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu, .rotary = false});
  spec.norm = NormKind::layer;
  spec.norm_eps = 1e-5f;
  if (config.boolean_or("scale_embedding", true)) spec.embed_scale = std::sqrt(float(spec.dim));
  spec.sinusoidal_positions = true;
  spec.position_offset = 2;
  for (LayerSpec& layer : spec.stacks[0].layers) layer.qkv_bias = layer.o_bias = layer.ffn_bias = true;
  return spec;
}

Architecture xglm() {
  return {.id = "xglm", .gguf_names = {}, .hf_model_types = {"xglm"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec,
          .tied_unless_said = true, .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
