// SPDX-License-Identifier: Apache-2.0
// SantaCoder and StarCoder (arXiv:2305.06161): GPT-2 with one KV head; without multi_query q, k and v lie side by side per head.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "transformer.wte.weight"},
    {"positions.w", "transformer.wpe.weight"},
    {"norm1.w", "transformer.h.{}.ln_1.weight"},
    {"norm1.b", "transformer.h.{}.ln_1.bias"},
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

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu_tanh, .rotary = false});
  use_layer_norm(config, spec);
  spec.learned_positions = spec.context_length;
  for (LayerSpec& layer : spec.stacks[0].layers) {
    if (!config.gguf()) layer.kv_heads = config.boolean_or("multi_query", true) ? 1 : layer.heads;
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = true;
    if (!config.boolean_or("scale_scores", true)) layer.score_scale = 1;
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (!name.gguf && name.layer >= 0) split_qkv(recipe, name, spec, "transformer.h.{}.attn.c_attn", FusedQkv::grouped);
}

Architecture gpt_bigcode() {
  return {.id = "gpt_bigcode", .gguf_names = {"starcoder"}, .hf_model_types = {"gpt_bigcode"}, .keys = decoder_keys(), .hf_names = kNames,
          .spec = spec, .adjust = adjust, .tied_unless_said = true};
}

}  // namespace vitrine
