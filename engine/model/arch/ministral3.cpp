// SPDX-License-Identifier: Apache-2.0
// Ministral 3 and Mistral Small 3 (text): Llama with YaRN and, for Ministral 3, queries scaled by position as in Llama 4.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  for (LayerSpec& layer : spec.stacks[0].layers) layer.window = int(config.i64_or("window", 0));
  if (config.has("yarn_log_mul")) {  // llama.cpp stores mscale_all_dim and takes mscale as 1
    spec.ropes[0].mscale = 1;
    spec.ropes[0].mscale_all_dim = config.f64("yarn_log_mul");
  }
  return spec;
}

Architecture ministral3() {
  return {.id = "ministral3", .gguf_names = {"mistral3"}, .hf_model_types = {"ministral3", "mistral3"}, .keys = decoder_keys(),
          .hf_names = hf_llama_names(), .spec = spec, .adjust = llama_adjust, .hf_scope = "text_config", .padding_row = {.otherwise = 11}};
}

}  // namespace vitrine
