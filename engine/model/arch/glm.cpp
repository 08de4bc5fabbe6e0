// SPDX-License-Identifier: Apache-2.0
// GLM-4 9B in transformers' layout (arXiv:2406.12793): Llama with biases on q, k and v, an interleaved rotary embedding of half the head, gate
// and up in one matrix. llama.cpp calls it "chatglm".
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.partial_rotary = 0.5});
  spec.ropes[0].interleaved = true;
  for (LayerSpec& layer : spec.stacks[0].layers) layer.qkv_bias = config.boolean_or("attention_bias", true);
  return spec;
}

void glm_adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer >= 0) split_gate_up(recipe, name, spec, name.gguf ? "blk.{}.ffn_up.weight" : "model.layers.{}.mlp.gate_up_proj.weight");
}

Architecture glm() {
  return {.id = "glm", .gguf_names = {"chatglm"}, .hf_model_types = {"glm"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec,
          .adjust = glm_adjust, .padding_row = {.otherwise = 151329}};
}

}  // namespace vitrine
