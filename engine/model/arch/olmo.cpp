// SPDX-License-Identifier: Apache-2.0
// OLMo 1 (arXiv:2402.00838): Llama with layer norms that have neither weight nor bias; q, k and v clipped where the configuration says so.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  spec.norm = NormKind::layer;
  spec.norm_eps = 1e-5f;
  spec.norm_weight = false;
  set_biases(config, spec);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.qkv_clip = float(config.f64_or("qkv_clip", 0));
    layer.ffn_bias = false;
  }
  return spec;
}

Architecture olmo() {
  return {.id = "olmo", .gguf_names = {"olmo"}, .hf_model_types = {"olmo"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec,
          .adjust = llama_adjust, .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
