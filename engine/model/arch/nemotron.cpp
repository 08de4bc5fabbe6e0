// SPDX-License-Identifier: Apache-2.0
// Nemotron 4 and Minitron (arXiv:2402.16819): layer norms whose weight is stored minus one, an ungated squared-ReLU MLP, a rotary embedding of
// half the head.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::relu_squared, .partial_rotary = 0.5});
  use_layer_norm(config, spec);
  set_biases(config, spec);
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec&) {
  if (!name.gguf && name.canonical.find("norm") != std::string_view::npos && name.canonical.ends_with(".w")) recipe.add = 1;
}

Architecture nemotron() {
  return {.id = "nemotron", .gguf_names = {"nemotron"}, .hf_model_types = {"nemotron"}, .keys = decoder_keys(), .hf_names = hf_llama_names(),
          .spec = spec, .adjust = adjust};
}

}  // namespace vitrine
