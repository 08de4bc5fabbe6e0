// SPDX-License-Identifier: Apache-2.0
// EuroBERT (arXiv:2503.05500): Llama's layers as an encoder, each token sees all; a head without a transform where the checkpoint has one.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.theta = 250000});
  set_biases(config, spec);
  spec.stacks[0].causal = false;
  spec.head = spec.tied_head || config.source().find("lm_head.weight") || config.source().find("output.weight");
  return spec;
}

Architecture eurobert() {
  return {.id = "eurobert", .gguf_names = {"eurobert"}, .hf_model_types = {"eurobert"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec,
          .padding_row = {.otherwise = 128001}};
}

}  // namespace vitrine
