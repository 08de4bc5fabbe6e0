// SPDX-License-Identifier: Apache-2.0
// Gemma 1 (arXiv:2403.08295): Llama with GeGLU (tanh form), embeddings times sqrt(dim), norm weights stored minus one, tied head.
#include <cmath>

#include "engine/model/arch/all.h"
#include "engine/model/arch/gemma_family.h"

namespace vitrine {

void gemma_common(const ConfigView& config, ModelSpec& spec) {
  spec.embed_scale = std::sqrt(float(spec.dim));
  spec.tied_head = config.boolean_or("tied", true);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.activation = activation_of(config, "activation", Activation::gelu_tanh);
    if (layer.activation == Activation::gelu) layer.activation = Activation::gelu_tanh;  // "gelu" has always meant the tanh form here
  }
}

void gemma_adjust(Recipe& recipe, const NameContext& name, const ModelSpec&) {
  const bool norm = name.canonical.find("norm") != std::string_view::npos;
  if (norm && !name.gguf) recipe.add = 1;  // a GGUF holds the sum already
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  gemma_common(config, spec);
  return spec;
}

Architecture gemma() {
  return {.id = "gemma", .gguf_names = {"gemma"}, .hf_model_types = {"gemma"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec,
          .adjust = gemma_adjust, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
