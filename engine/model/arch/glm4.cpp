// SPDX-License-Identifier: Apache-2.0
// GLM-4-0414 (arXiv:2406.12793): GLM-4 9B with norms before and after each branch.
#include "engine/model/arch/all.h"

namespace vitrine {

static std::span<const NameRule> names() {
  static const std::vector<NameRule> list = renamed(hf_llama_names(), {{"post_attn_norm.w", "model.layers.{}.post_self_attn_layernorm.weight"},
                                                                       {"post_mlp_norm.w", "model.layers.{}.post_mlp_layernorm.weight"}});
  return list;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.partial_rotary = 0.5});
  spec.ropes[0].interleaved = true;
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.placement = NormPlacement::sandwich;
    layer.qkv_bias = config.boolean_or("attention_bias", false);
  }
  return spec;
}

Architecture glm4() {
  return {.id = "glm4", .gguf_names = {"glm4"}, .hf_model_types = {"glm4"}, .keys = decoder_keys(), .hf_names = names(), .spec = spec,
          .adjust = glm_adjust, .padding_row = {.otherwise = 151329}};
}

}  // namespace vitrine
