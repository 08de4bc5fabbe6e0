// SPDX-License-Identifier: Apache-2.0
// ERNIE 4.5 dense: Llama with an interleaved rotary embedding and, where the configuration says so, biases everywhere.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.theta = 500000});
  spec.ropes[0].interleaved = true;
  for (LayerSpec& layer : spec.stacks[0].layers) layer.qkv_bias = layer.o_bias = layer.ffn_bias = config.boolean_or("use_bias", false);
  return spec;
}

Architecture ernie4_5() {
  return {.id = "ernie4_5", .gguf_names = {"ernie4_5"}, .hf_model_types = {"ernie4_5"}, .keys = decoder_keys(), .hf_names = hf_llama_names(),
          .spec = spec, .tied_unless_said = true, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
