// SPDX-License-Identifier: Apache-2.0
// Arcee AFM: Llama with an ungated squared-ReLU MLP (Primer, arXiv:2109.08668).
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::relu_squared});
  set_biases(config, spec);
  return spec;
}

Architecture arcee() {
  return {.id = "arcee", .gguf_names = {"arcee"}, .hf_model_types = {"arcee"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec,
          .adjust = llama_adjust};
}

}  // namespace vitrine
