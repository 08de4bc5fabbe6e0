// SPDX-License-Identifier: Apache-2.0
// Gemma 3 text (arXiv:2503.19786): five sliding layers to one global, each kind with its own rotary base, RMS norm on q and k per head.
// EmbeddingGemma (arXiv:2509.20354) looks both ways, half of the window each.
#include <cmath>

#include "engine/model/arch/all.h"
#include "engine/model/arch/gemma_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  gemma_common(config, spec);
  gemma_sandwich(config, spec, 6);
  spec.ropes[0] = read_rope(config, "rope", spec.ropes[0].rotary_dim, 1e6);
  spec.ropes.push_back(read_rope(config, "rope_local", spec.ropes[0].rotary_dim, 1e4));
  const bool both_ways = config.boolean_or("bidirectional", false) || config.str_or("model_type", "") == "gemma-embedding";
  spec.stacks[0].causal = !both_ways;
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.qk_norm = true;
    if (both_ways) layer.window /= 2;
    layer.score_softcap = 0;  // the configuration still has Gemma 2's key, and the layers no cap
    layer.rope = layer.window > 0 ? 1 : 0;
    if (config.gguf() && spec.layers().size() == 62) layer.score_scale = 1.0f / std::sqrt(float(spec.dim) / float(layer.heads));
  }
  return spec;
}

Architecture gemma3() {
  return {.id = "gemma3", .gguf_names = {"gemma3", "gemma-embedding"}, .hf_model_types = {"gemma3_text", "gemma3"}, .keys = decoder_keys(),
          .hf_names = hf_gemma2_names(), .spec = spec, .adjust = gemma_adjust, .hf_scope = "text_config", .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
