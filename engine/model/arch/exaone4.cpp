// SPDX-License-Identifier: Apache-2.0
// EXAONE 4 (arXiv:2507.11407): norms on what a branch gives, RMS norm on q and k per head; the 32B model has windowed layers, and a rotary
// embedding on those only.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const int window = int(config.i64_or("window", 0));
  const std::vector<bool> sliding = window > 0 ? sliding_or_pattern(config, 4) : std::vector<bool>(spec.layers().size(), false);
  for (size_t i = 0; i < sliding.size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.placement = NormPlacement::output;
    layer.qk_norm = true;
    layer.window = sliding[i] ? window : 0;
    layer.rope = window == 0 || sliding[i] ? 0 : -1;
  }
  return spec;
}

Architecture exaone4() {
  return {.id = "exaone4", .gguf_names = {"exaone4"}, .hf_model_types = {"exaone4"}, .keys = decoder_keys(), .hf_names = hf_output_norm_names(),
          .spec = spec};
}

}  // namespace vitrine
