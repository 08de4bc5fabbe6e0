// SPDX-License-Identifier: Apache-2.0
// Llama 1-3 (arXiv:2302.13971, arXiv:2407.21783), SmolLM2, TinyLlama and Mistral (arXiv:2310.06825): RMS norm, rotary embedding,
// grouped-query attention, SwiGLU; Mistral adds a sliding window. llama.cpp calls both "llama", and Mixtral too.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const int window = int(config.i64_or("window", 0));
  const std::vector<bool> sliding = sliding_layers(config);
  for (size_t i = 0; i < spec.layers().size(); ++i) spec.stacks[0].layers[i].window = sliding.empty() || sliding[i] ? window : 0;
  if (config.gguf() && config.i64_or("experts", 0) > 0) {
    MoeSpec moe = read_moe(config);
    moe.route.renormalize = true;
    set_sparse(spec, moe, config);
  }
  return spec;
}

void llama_adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (!name.gguf || name.layer < 0) return;
  const LayerSpec& layer = spec.layers()[size_t(name.layer)];
  if (name.canonical == "attn.q.w" || name.canonical == "attn.q.b") recipe.row_order = llama_cpp_row_order(layer.heads, layer.head_dim);
  if (name.canonical == "attn.k.w" || name.canonical == "attn.k.b") recipe.row_order = llama_cpp_row_order(layer.kv_heads, layer.head_dim);
}

Architecture llama() {
  return {.id = "llama", .gguf_names = {"llama"}, .hf_model_types = {"llama", "mistral", "ministral", "cwm", "internlm3"}, .keys = moe_keys(), .hf_names = hf_llama_names(),
          .spec = spec, .adjust = adjust_llama_experts};
}

}  // namespace vitrine
