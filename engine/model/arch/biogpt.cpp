// SPDX-License-Identifier: Apache-2.0
// BioGPT (arXiv:2210.10341): GPT-2 in fairseq's layout; positions from row 2 on, embeddings times sqrt(dim). Its norms keep the epsilon
// 1e-5 whatever the configuration says, as the reference does.
#include <cmath>

#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "biogpt.embed_tokens.weight"},
    {"positions.w", "biogpt.embed_positions.weight"},
    {"norm1.w", "biogpt.layers.{}.self_attn_layer_norm.weight"},
    {"norm1.b", "biogpt.layers.{}.self_attn_layer_norm.bias"},
    {"attn.q.w", "biogpt.layers.{}.self_attn.q_proj.weight"},
    {"attn.q.b", "biogpt.layers.{}.self_attn.q_proj.bias"},
    {"attn.k.w", "biogpt.layers.{}.self_attn.k_proj.weight"},
    {"attn.k.b", "biogpt.layers.{}.self_attn.k_proj.bias"},
    {"attn.v.w", "biogpt.layers.{}.self_attn.v_proj.weight"},
    {"attn.v.b", "biogpt.layers.{}.self_attn.v_proj.bias"},
    {"attn.o.w", "biogpt.layers.{}.self_attn.out_proj.weight"},
    {"attn.o.b", "biogpt.layers.{}.self_attn.out_proj.bias"},
    {"norm2.w", "biogpt.layers.{}.final_layer_norm.weight"},
    {"norm2.b", "biogpt.layers.{}.final_layer_norm.bias"},
    {"mlp.up.w", "biogpt.layers.{}.fc1.weight"},
    {"mlp.up.b", "biogpt.layers.{}.fc1.bias"},
    {"mlp.down.w", "biogpt.layers.{}.fc2.weight"},
    {"mlp.down.b", "biogpt.layers.{}.fc2.bias"},
    {"final_norm.w", "biogpt.layer_norm.weight"},
    {"final_norm.b", "biogpt.layer_norm.bias"},
    {"head.w", "output_projection.weight"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu, .rotary = false});
  spec.norm = NormKind::layer;
  spec.norm_eps = 1e-5f;
  if (config.boolean_or("scale_embedding", true)) spec.embed_scale = std::sqrt(float(spec.dim));
  spec.position_offset = 2;
  spec.learned_positions = spec.context_length + spec.position_offset;
  for (LayerSpec& layer : spec.stacks[0].layers) layer.qkv_bias = layer.o_bias = layer.ffn_bias = true;
  return spec;
}

Architecture biogpt() {
  return {.id = "biogpt", .gguf_names = {}, .hf_model_types = {"biogpt"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec,
          .tied_unless_said = true, .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
