// SPDX-License-Identifier: Apache-2.0
// MPT (MosaicML 2023): ALiBi, bias-free layer norms and linear layers, q, k, v stacked and, where the configuration says so, clipped. The
// reference takes 8 as the largest ALiBi bias and four times the width for the MLP whatever a Hugging Face configuration says; a GGUF is taken
// at its word. Checkpoints with a position table (alibi: false) use it instead.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "transformer.wte.weight"},
    {"positions.w", "transformer.wpe.weight"},
    {"norm1.w", "transformer.blocks.{}.norm_1.weight"},
    {"norm1.b", "transformer.blocks.{}.norm_1.bias"},
    {"attn.o.w", "transformer.blocks.{}.attn.out_proj.weight"},
    {"attn.o.b", "transformer.blocks.{}.attn.out_proj.bias"},
    {"attn.q_norm.w", "transformer.blocks.{}.attn.q_ln.weight"},
    {"attn.q_norm.b", "transformer.blocks.{}.attn.q_ln.bias"},
    {"attn.k_norm.w", "transformer.blocks.{}.attn.k_ln.weight"},
    {"attn.k_norm.b", "transformer.blocks.{}.attn.k_ln.bias"},
    {"norm2.w", "transformer.blocks.{}.norm_2.weight"},
    {"norm2.b", "transformer.blocks.{}.norm_2.bias"},
    {"mlp.up.w", "transformer.blocks.{}.ffn.up_proj.weight"},
    {"mlp.up.b", "transformer.blocks.{}.ffn.up_proj.bias"},
    {"mlp.down.w", "transformer.blocks.{}.ffn.down_proj.weight"},
    {"mlp.down.b", "transformer.blocks.{}.ffn.down_proj.bias"},
    {"final_norm.w", "transformer.norm_f.weight"},
    {"final_norm.b", "transformer.norm_f.bias"},
    {"head.w", "lm_head.weight"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu, .rotary = false});
  use_layer_norm(config, spec);
  spec.norm_bias = false;
  const WeightSource& source = config.source();
  const bool table = source.find("transformer.wpe.weight") || source.find("position_embd.weight");
  const bool qk_norm = source.find("transformer.blocks.0.attn.q_ln.weight") || stored_in_layers(config, "attn_q_norm.weight");
  spec.learned_positions = table ? spec.context_length : 0;
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.alibi.max_bias = table ? 0 : float(config.f64_or("alibi_max_bias", config.gguf() ? 0 : 8));
    layer.qkv_clip = float(config.f64_or("qkv_clip", 0));
    layer.score_scale = float(config.f64_or("score_scale", double(layer.score_scale)));
    layer.qk_norm = qk_norm;
    layer.qk_norm_span = QkNormSpan::width;
    layer.qk_norm_kind = NormKind::layer;
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (!name.gguf && name.layer >= 0) split_qkv(recipe, name, spec, "transformer.blocks.{}.attn.Wqkv", FusedQkv::stacked);
}

Architecture mpt() {
  return {.id = "mpt", .gguf_names = {"mpt"}, .hf_model_types = {"mpt"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec, .adjust = adjust,
          .tied_unless_said = true, .padding_row = {.declared = false}};
}

}  // namespace vitrine
