// SPDX-License-Identifier: Apache-2.0
// SantaCoder and StarCoder (arXiv:2305.06161): GPT-2 with one KV head; without multi_query q, k and v lie side by side per head.
#include "engine/model/arch/all.h"

namespace vitrine {

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
  return {.id = "gpt_bigcode", .gguf_names = {"starcoder"}, .hf_model_types = {"gpt_bigcode"}, .keys = decoder_keys(), .hf_names = hf_gpt2_names(),
          .spec = spec, .adjust = adjust, .tied_unless_said = true, .padding_row = {.declared = false}};
}

}  // namespace vitrine
