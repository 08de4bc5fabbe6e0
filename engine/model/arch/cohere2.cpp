// SPDX-License-Identifier: Apache-2.0
// Cohere Command R7B and Command A (arXiv:2504.00698): Command R with three windowed layers to one full; only windowed layers have a rotary
// embedding.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  use_layer_norm(config, spec);
  set_biases(config, spec);
  spec.norm_bias = false;
  spec.ropes[0].interleaved = true;
  spec.logit_scale = float(config.f64_or("logit_scale", 0.0625));
  const int window = int(config.i64_or("window", 4096));
  const std::vector<bool> sliding = sliding_or_pattern(config, 4);
  for (size_t i = 0; i < sliding.size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.parallel = layer.shared_norm = true;
    layer.window = sliding[i] ? window : 0;
    layer.rope = sliding[i] ? 0 : -1;
  }
  return spec;
}

Architecture cohere2() {
  return {.id = "cohere2", .gguf_names = {"cohere2"}, .hf_model_types = {"cohere2"}, .keys = decoder_keys(), .hf_names = hf_llama_names(),
          .spec = spec, .tied_unless_said = true, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
