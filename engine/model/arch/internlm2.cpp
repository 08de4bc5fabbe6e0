// SPDX-License-Identifier: Apache-2.0
// InternLM 2 and 2.5 (arXiv:2403.17297): Llama under names of its own, q, k and v in one matrix, grouped by KV head.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "model.tok_embeddings.weight"},
    {"norm1.w", "model.layers.{}.attention_norm.weight"},
    {"attn.o.w", "model.layers.{}.attention.wo.weight"},
    {"attn.o.b", "model.layers.{}.attention.wo.bias"},
    {"norm2.w", "model.layers.{}.ffn_norm.weight"},
    {"mlp.gate.w", "model.layers.{}.feed_forward.w1.weight"},
    {"mlp.up.w", "model.layers.{}.feed_forward.w3.weight"},
    {"mlp.down.w", "model.layers.{}.feed_forward.w2.weight"},
    {"final_norm.w", "model.norm.weight"},
    {"head.w", "output.weight"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  for (LayerSpec& layer : spec.stacks[0].layers) layer.qkv_bias = layer.o_bias = config.boolean_or("use_bias", false);
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer < 0) return;
  if (name.gguf) return llama_adjust(recipe, name, spec);
  split_qkv(recipe, name, spec, "model.layers.{}.attention.wqkv", FusedQkv::grouped);
}

Architecture internlm2() {
  return {.id = "internlm2", .gguf_names = {"internlm2"}, .hf_model_types = {"internlm2"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec,
          .adjust = adjust};
}

}  // namespace vitrine
