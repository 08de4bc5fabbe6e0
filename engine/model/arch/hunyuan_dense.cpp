// SPDX-License-Identifier: Apache-2.0
// HunYuan dense V1 (Tencent 2025): Llama with an RMS norm on q and k per head after the rotation.
#include "engine/model/arch/all.h"

namespace vitrine {

static std::span<const NameRule> names() {
  static const std::vector<NameRule> list = renamed(hf_llama_names(), {{"attn.q_norm.w", "model.layers.{}.self_attn.query_layernorm.weight"},
                                                                       {"attn.k_norm.w", "model.layers.{}.self_attn.key_layernorm.weight"}});
  return list;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  set_biases(config, spec);
  for (LayerSpec& layer : spec.stacks[0].layers) layer.qk_norm = layer.qk_norm_after_rope = true;
  return spec;
}

Architecture hunyuan_dense() {
  return {.id = "hunyuan_dense", .gguf_names = {"hunyuan-dense"}, .hf_model_types = {"hunyuan_v1_dense"}, .keys = decoder_keys(), .hf_names = names(),
          .spec = spec, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
