// SPDX-License-Identifier: Apache-2.0
// Granite 3 dense (IBM 2024): Llama with multipliers on embeddings, scores, residual branches and logits (muP, arXiv:2203.03466).
#include "engine/model/arch/all.h"

namespace vitrine {

void granite_multipliers(const ConfigView& config, ModelSpec& spec) {
  spec.embed_scale = float(config.f64_or("embed_scale", 1));
  const double divisor = config.f64_or("logits_scaling", 1);
  if (divisor == 0) throw config.error("logits_scaling", "is zero");
  spec.logit_scale = float(1 / divisor);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.residual_scale = float(config.f64_or("residual_scale", 1));
    // A configuration without the value means 1, a GGUF without it the usual scale.
    layer.score_scale = float(config.f64_or("score_scale", config.gguf() ? double(layer.score_scale) : 1));
  }
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  set_biases(config, spec);
  granite_multipliers(config, spec);
  return spec;
}

Architecture granite() {
  return {.id = "granite", .gguf_names = {"granite"}, .hf_model_types = {"granite"}, .keys = decoder_keys(), .hf_names = hf_llama_names(),
          .spec = spec, .adjust = llama_adjust};
}

}  // namespace vitrine
