// SPDX-License-Identifier: Apache-2.0
// Helium (Kyutai 2025): Llama with an interleaved rotary embedding.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.theta = 100000});
  spec.ropes[0].interleaved = true;
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.qkv_bias = config.boolean_or("attention_bias", false);
    layer.ffn_bias = config.boolean_or("mlp_bias", false);
  }
  return spec;
}

Architecture helium() {
  return {.id = "helium", .gguf_names = {}, .hf_model_types = {"helium"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec,
          .padding_row = {.otherwise = 3}};
}

}  // namespace vitrine
