// SPDX-License-Identifier: Apache-2.0
// Phi-3 and Phi-3.5 mini/medium (arXiv:2404.14219): Llama with q, k, v in one matrix and gate, up in another; LongRoPE for long contexts.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const int window = int(config.i64_or("window", 0));
  for (LayerSpec& layer : spec.stacks[0].layers) layer.window = window;
  if (!config.gguf()) return spec;
  // A GGUF keeps the LongRoPE factors as tensors and its scaled length implicitly.
  const WeightSource& source = config.source();
  const TensorInfo *long_factors = source.find("rope_factors_long.weight"), *short_factors = source.find("rope_factors_short.weight");
  if (!long_factors || !short_factors) return spec;
  RopeSpec& rope = spec.ropes[0];
  rope.kind = RopeSpec::Kind::longrope;
  const auto read = [&](const TensorInfo& info) {
    if (info.shape.numel() != rope.rotary_dim / 2)
      throw Error(ErrorKind::format, "the rotary factors have " + info.shape.str() + " values, not " + std::to_string(rope.rotary_dim / 2),
                  "convert the checkpoint again", source.path().string() + ": " + info.name);
    return tensor_values(info);
  };
  rope.long_factors = read(*long_factors);
  rope.short_factors = read(*short_factors);
  rope.factor = rope.original_context > 0 ? double(rope.max_context) / rope.original_context : 1;
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer < 0) return;
  if (!name.gguf) split_qkv(recipe, name, spec, "model.layers.{}.self_attn.qkv_proj", FusedQkv::stacked);
  split_gate_up(recipe, name, spec, name.gguf ? "blk.{}.ffn_up.weight" : "model.layers.{}.mlp.gate_up_proj.weight");
}

Architecture phi3() {
  return {.id = "phi3", .gguf_names = {"phi3"}, .hf_model_types = {"phi3"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec,
          .adjust = adjust};
}

}  // namespace vitrine
