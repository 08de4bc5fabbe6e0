// SPDX-License-Identifier: Apache-2.0
// Qwen2 and Qwen2.5 dense (arXiv:2407.10671): Llama with biases on q, k and v; a sliding window above max_window_layers when asked for.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const bool windowed = config.boolean_or("use_window", false);
  const int window = windowed ? int(config.i64_or("window", 0)) : 0;
  const int64_t first = config.i64_or("max_window_layers", 28);
  const std::vector<bool> sliding = sliding_layers(config);
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.qkv_bias = true;
    layer.window = (sliding.empty() ? int64_t(i) >= first : bool(sliding[i])) ? window : 0;
  }
  return spec;
}

Architecture qwen2() {
  return {.id = "qwen2", .gguf_names = {"qwen2"}, .hf_model_types = {"qwen2"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec};
}

}  // namespace vitrine
