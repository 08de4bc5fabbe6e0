// SPDX-License-Identifier: Apache-2.0
// StableLM 2, StableLM 3B and StableCode (arXiv:2402.17834): Llama with layer norms and a rotary embedding of a quarter of the head; the 12B
// model runs both branches in parallel on one norm and norms q and k, each head with a weight of its own.
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.partial_rotary = 0.25});
  use_layer_norm(config, spec);
  const bool parallel = config.gguf() ? !stored_in_layers(config, "ffn_norm.weight") : config.boolean_or("parallel", false);
  const bool qk_norm = config.gguf() ? stored_in_layers(config, "attn_q_norm.weight") : config.boolean_or("qk_norm", false);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.parallel = layer.shared_norm = parallel;
    layer.qkv_bias = config.boolean_or("use_qkv_bias", false);
    layer.qk_norm = qk_norm;
    layer.qk_norm_span = QkNormSpan::heads;
    layer.qk_norm_kind = NormKind::layer;
  }
  return spec;
}

/// A Hugging Face folder has one vector a head, a GGUF one matrix [heads, head_dim].
static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  const bool q = name.canonical == "attn.q_norm.w", k = name.canonical == "attn.k_norm.w";
  if (!q && !k) return;
  recipe.flat = name.gguf;
  if (name.gguf) return;
  const LayerSpec& layer = spec.layers()[size_t(name.layer)];
  recipe.pieces.clear();
  for (int head = 0; head < (q ? layer.heads : layer.kv_heads); ++head)
    recipe.pieces.push_back({at_layer(q ? "model.layers.{}.self_attn.q_layernorm.norms." : "model.layers.{}.self_attn.k_layernorm.norms.", name.layer) +
                             std::to_string(head) + ".weight"});
}

Architecture stablelm() {
  return {.id = "stablelm", .gguf_names = {"stablelm"}, .hf_model_types = {"stablelm"}, .keys = decoder_keys(), .hf_names = hf_llama_names(),
          .spec = spec, .adjust = adjust};
}

}  // namespace vitrine
