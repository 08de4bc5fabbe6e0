// SPDX-License-Identifier: Apache-2.0
// OPT (arXiv:2205.01068): learned positions from row 2 on, biases, ReLU; OPT-350M norms after each sum and has an embedding narrower
// than the model, with a projection on either side.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "model.decoder.embed_tokens.weight"},
    {"embed_in.w", "model.decoder.project_in.weight"},
    {"embed_out.w", "model.decoder.project_out.weight"},
    {"positions.w", "model.decoder.embed_positions.weight"},
    {"norm1.w", "model.decoder.layers.{}.self_attn_layer_norm.weight"},
    {"norm1.b", "model.decoder.layers.{}.self_attn_layer_norm.bias"},
    {"attn.q.w", "model.decoder.layers.{}.self_attn.q_proj.weight"},
    {"attn.q.b", "model.decoder.layers.{}.self_attn.q_proj.bias"},
    {"attn.k.w", "model.decoder.layers.{}.self_attn.k_proj.weight"},
    {"attn.k.b", "model.decoder.layers.{}.self_attn.k_proj.bias"},
    {"attn.v.w", "model.decoder.layers.{}.self_attn.v_proj.weight"},
    {"attn.v.b", "model.decoder.layers.{}.self_attn.v_proj.bias"},
    {"attn.o.w", "model.decoder.layers.{}.self_attn.out_proj.weight"},
    {"attn.o.b", "model.decoder.layers.{}.self_attn.out_proj.bias"},
    {"norm2.w", "model.decoder.layers.{}.final_layer_norm.weight"},
    {"norm2.b", "model.decoder.layers.{}.final_layer_norm.bias"},
    {"mlp.up.w", "model.decoder.layers.{}.fc1.weight"},
    {"mlp.up.b", "model.decoder.layers.{}.fc1.bias"},
    {"mlp.down.w", "model.decoder.layers.{}.fc2.weight"},
    {"mlp.down.b", "model.decoder.layers.{}.fc2.bias"},
    {"final_norm.w", "model.decoder.final_layer_norm.weight"},
    {"final_norm.b", "model.decoder.final_layer_norm.bias"},
    {"head.w", "lm_head.weight"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::relu, .rotary = false});
  const bool before = config.boolean_or("norm_before", true), bias = config.boolean_or("use_bias", true);
  spec.norm = NormKind::layer;
  spec.norm_eps = 1e-5f;
  spec.norm_weight = config.boolean_or("norm_affine", true);
  spec.embed_dim = int(config.i64_or("embed_dim", spec.dim));
  spec.position_offset = 2;
  spec.learned_positions = spec.context_length + spec.position_offset;
  spec.final_norm = before && !config.boolean_or("no_final_norm", false);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.placement = before ? NormPlacement::pre : NormPlacement::post;
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = bias;
  }
  return spec;
}

Architecture opt() {
  return {.id = "opt", .gguf_names = {}, .hf_model_types = {"opt"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec, .tied_unless_said = true,
          .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
