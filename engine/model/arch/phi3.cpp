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
  const LayerSpec& layer = spec.layers()[size_t(name.layer)];
  const int64_t q = int64_t(layer.heads) * layer.head_dim, kv = int64_t(layer.kv_heads) * layer.head_dim;
  const auto piece = [&](const char* hf, const char* gguf, int64_t from, int64_t to) {
    const std::string n = std::to_string(name.layer);
    recipe.pieces = {{name.gguf ? "blk." + n + "." + gguf + ".weight" : "model.layers." + n + "." + hf + ".weight", 0, from, to}};
  };
  if (name.canonical == "attn.q.w") piece("self_attn.qkv_proj", "attn_qkv", 0, q);
  if (name.canonical == "attn.k.w") piece("self_attn.qkv_proj", "attn_qkv", q, q + kv);
  if (name.canonical == "attn.v.w") piece("self_attn.qkv_proj", "attn_qkv", q + kv, q + 2 * kv);
  if (name.canonical == "mlp.gate.w") piece("mlp.gate_up_proj", "ffn_up", 0, layer.hidden);
  if (name.canonical == "mlp.up.w") piece("mlp.gate_up_proj", "ffn_up", layer.hidden, 2 * int64_t(layer.hidden));
}

Architecture phi3() {
  return {.id = "phi3", .gguf_names = {"phi3"}, .hf_model_types = {"phi3"}, .keys = decoder_keys(), .hf_names = hf_llama_names(), .spec = spec,
          .adjust = adjust};
}

}  // namespace vitrine
