// SPDX-License-Identifier: Apache-2.0
// Jais 2 (Inception, MBZUAI 2025): Llama with layer norms, biases and an ungated squared-ReLU MLP.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::relu_squared});
  use_layer_norm(config, spec);
  set_biases(config, spec, true);
  return spec;
}

Architecture jais2() {
  return {.id = "jais2", .gguf_names = {"jais2"}, .hf_model_types = {"jais2"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec};
}

}  // namespace vitrine
