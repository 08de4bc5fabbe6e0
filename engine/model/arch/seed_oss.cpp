// SPDX-License-Identifier: Apache-2.0
// Seed-OSS (ByteDance 2025): Llama with biases on q, k and v.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  set_biases(config, spec);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.qkv_bias = config.boolean_or("attention_bias", true);
    layer.o_bias = config.boolean_or("attention_out_bias", false);
  }
  return spec;
}

Architecture seed_oss() {
  return {.id = "seed_oss", .gguf_names = {"seed_oss"}, .hf_model_types = {"seed_oss"}, .keys = decoder_keys(), .hf_names = hf_llama_names(),
          .spec = spec, .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
