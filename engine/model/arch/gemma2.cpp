// SPDX-License-Identifier: Apache-2.0
// Gemma 2 (arXiv:2408.00118): sandwich norms, sliding windows on every second layer, soft caps on scores and logits.
#include <cmath>
#include <vector>

#include "engine/model/arch/all.h"
#include "engine/model/arch/gemma_family.h"

namespace vitrine {

std::span<const NameRule> hf_gemma2_names() {
  static const std::vector<NameRule> names = renamed(hf_llama_names(), {{"post_attn_norm.w", "model.layers.{}.post_attention_layernorm.weight"},
                                                                        {"norm2.w", "model.layers.{}.pre_feedforward_layernorm.weight"},
                                                                        {"post_mlp_norm.w", "model.layers.{}.post_feedforward_layernorm.weight"}});
  return names;
}

void gemma_sandwich(const ConfigView& config, ModelSpec& spec, int pattern) {
  const int window = int(config.i64_or("window", 0));
  const std::vector<bool> sliding = sliding_or_pattern(config, pattern);
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.placement = NormPlacement::sandwich;
    layer.window = sliding[i] ? window : 0;
    if (config.has("query_scalar")) layer.score_scale = 1.0f / std::sqrt(float(config.f64("query_scalar")));
  }
}

/// A GGUF does not store query_pre_attn_scalar: the 27B models (46 layers of Gemma 2, 62 of Gemma 3) divide by dim / heads, the others by the head size.
static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  gemma_common(config, spec);
  gemma_sandwich(config, spec, 2);
  if (config.gguf() && spec.layers().size() == 46)
    for (LayerSpec& layer : spec.stacks[0].layers) layer.score_scale = 1.0f / std::sqrt(float(spec.dim) / float(layer.heads));
  return spec;
}

Architecture gemma2() {
  return {.id = "gemma2", .gguf_names = {"gemma2"}, .hf_model_types = {"gemma2"}, .keys = decoder_keys(), .hf_names = hf_gemma2_names(), .spec = spec,
          .adjust = gemma_adjust, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
