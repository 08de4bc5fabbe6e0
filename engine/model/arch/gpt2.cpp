// SPDX-License-Identifier: Apache-2.0
// GPT-2 (Radford et al. 2019): layer norm, learned positions, biases everywhere, tanh GELU, tied head. A Hugging Face folder stores
// its linear layers transposed ("Conv1D") with q, k and v side by side; a GGUF stores them the usual way with q, k and v stacked.
#include <cmath>

#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "transformer.wte.weight"},
    {"positions.w", "transformer.wpe.weight"},
    {"norm1.w", "transformer.h.{}.ln_1.weight"},
    {"norm1.b", "transformer.h.{}.ln_1.bias"},
    {"attn.q.w", "transformer.h.{}.attn.c_attn.weight"},
    {"attn.q.b", "transformer.h.{}.attn.c_attn.bias"},
    {"attn.k.w", "transformer.h.{}.attn.c_attn.weight"},
    {"attn.k.b", "transformer.h.{}.attn.c_attn.bias"},
    {"attn.v.w", "transformer.h.{}.attn.c_attn.weight"},
    {"attn.v.b", "transformer.h.{}.attn.c_attn.bias"},
    {"attn.o.w", "transformer.h.{}.attn.c_proj.weight"},
    {"attn.o.b", "transformer.h.{}.attn.c_proj.bias"},
    {"norm2.w", "transformer.h.{}.ln_2.weight"},
    {"norm2.b", "transformer.h.{}.ln_2.bias"},
    {"mlp.up.w", "transformer.h.{}.mlp.c_fc.weight"},
    {"mlp.up.b", "transformer.h.{}.mlp.c_fc.bias"},
    {"mlp.down.w", "transformer.h.{}.mlp.c_proj.weight"},
    {"mlp.down.b", "transformer.h.{}.mlp.c_proj.bias"},
    {"final_norm.w", "transformer.ln_f.weight"},
    {"final_norm.b", "transformer.ln_f.bias"},
    {"head.w", "lm_head.weight"},
};

std::span<const NameRule> hf_gpt2_names() { return kNames; }

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu_tanh, .rotary = false});
  spec.norm = NormKind::layer;
  spec.norm_eps = float(config.f64_or("layer_eps", 1e-5));
  spec.learned_positions = spec.context_length;
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = true;
    if (!config.boolean_or("scale_scores", true)) layer.score_scale = 1;
    if (config.boolean_or("scale_by_layer", false)) layer.score_scale /= float(i + 1);
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer < 0 || recipe.pieces.empty()) return;
  const bool weight = name.canonical.ends_with(".w"), linear = name.canonical.starts_with("attn.") || name.canonical.starts_with("mlp.");
  recipe.transpose = !name.gguf && weight && linear;
  const int part = name.canonical.starts_with("attn.q.") ? 0 : name.canonical.starts_with("attn.k.") ? 1 : name.canonical.starts_with("attn.v.") ? 2 : -1;
  if (part < 0 || name.gguf) return;
  recipe.pieces[0].axis = recipe.transpose ? 1 : 0;
  recipe.pieces[0].from = int64_t(part) * spec.dim;
  recipe.pieces[0].to = int64_t(part + 1) * spec.dim;
}

Architecture gpt2() {
  return {.id = "gpt2", .gguf_names = {"gpt2"}, .hf_model_types = {"gpt2"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec, .adjust = adjust,
          .tied_unless_said = true, .padding_row = {.declared = false}};
}

}  // namespace vitrine
