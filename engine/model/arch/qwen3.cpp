// SPDX-License-Identifier: Apache-2.0
// Qwen3 dense (arXiv:2505.09388): Llama with an RMS norm on q and k per head, head dimension independent of dim / heads.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const int window = config.boolean_or("use_window", false) ? int(config.i64_or("window", 0)) : 0;
  const int64_t first = config.i64_or("max_window_layers", 28);
  const std::vector<bool> sliding = sliding_layers(config);
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.qk_norm = true;
    layer.window = (sliding.empty() ? int64_t(i) >= first : bool(sliding[i])) ? window : 0;
  }
  return spec;
}

Architecture qwen3() {
  return {.id = "qwen3", .gguf_names = {"qwen3"}, .hf_model_types = {"qwen3"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec};
}

}  // namespace vitrine
