// SPDX-License-Identifier: Apache-2.0
// Phi-3 and Phi-3.5 mini/medium (arXiv:2404.14219): Llama with q, k, v in one matrix and gate, up in another; LongRoPE for long contexts.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const int window = int(config.i64_or("window", 0));
  for (LayerSpec& layer : spec.stacks[0].layers) layer.window = window;
  for (RopeSpec& rope : spec.ropes) rope.anew_beyond_original = true;
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer < 0) return;
  if (!name.gguf) split_qkv(recipe, name, spec, "model.layers.{}.self_attn.qkv_proj", FusedQkv::stacked);
  split_gate_up(recipe, name, spec, name.gguf ? "blk.{}.ffn_up.weight" : "model.layers.{}.mlp.gate_up_proj.weight");
}

Architecture phi3() {
  return {.id = "phi3", .gguf_names = {"phi3"}, .hf_model_types = {"phi3"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec,
          .adjust = adjust, .padding_row = {.otherwise = 32000}};
}

}  // namespace vitrine
