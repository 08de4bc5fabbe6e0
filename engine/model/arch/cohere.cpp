// SPDX-License-Identifier: Apache-2.0
// Cohere Command R: attention and gated MLP in parallel on one bias-free layer norm, interleaved rotary embedding, scaled logits; Command R+
// norms q and k, each head with its own weight.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.theta = 500000});
  use_layer_norm(config, spec);
  set_biases(config, spec);
  spec.norm_bias = false;
  spec.ropes[0].interleaved = true;
  spec.logit_scale = float(config.f64_or("logit_scale", 0.0625));
  const bool qk_norm = config.gguf() ? stored_in_layers(config, "attn_q_norm.weight") : config.boolean_or("qk_norm", false);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.parallel = layer.shared_norm = true;
    layer.qk_norm = qk_norm;
    layer.qk_norm_span = QkNormSpan::heads;
    layer.qk_norm_kind = NormKind::layer;
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec&) {
  recipe.flat = name.canonical == "attn.q_norm.w" || name.canonical == "attn.k_norm.w";  // stored [heads, head_dim]
}

Architecture cohere() {
  return {.id = "cohere", .gguf_names = {"command-r"}, .hf_model_types = {"cohere"}, .keys = decoder_keys(), .hf_names = hf_llama_names(),
          .spec = spec, .adjust = adjust, .tied_unless_said = true, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
