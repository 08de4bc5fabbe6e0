// SPDX-License-Identifier: Apache-2.0
// OLMo 2 (arXiv:2501.00656): norms on what a branch gives, RMS norms of q and k over all heads at once. OLMo 3 adds three windowed layers to
// one full, each kind with its rotary scheme; llama.cpp calls both "olmo2".
#include "engine/model/arch/all.h"

namespace vitrine {

std::span<const NameRule> hf_output_norm_names() {
  static const std::vector<NameRule> list = renamed(hf_llama_names(), {{"post_attn_norm.w", "model.layers.{}.post_attention_layernorm.weight"},
                                                                       {"post_mlp_norm.w", "model.layers.{}.post_feedforward_layernorm.weight"}});
  return list;
}

static ModelSpec spec(const ConfigView& config) {
  const bool third = config.gguf() ? config.has("window") : config.str_or("model_type", "olmo2") == "olmo3";
  ModelSpec spec = read_decoder(config, {.theta = third ? 500000.0 : 10000.0});
  set_biases(config, spec);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.placement = NormPlacement::output;
    layer.qk_norm = true;
    layer.qk_norm_span = QkNormSpan::width;
    layer.ffn_bias = false;
  }
  if (!third) return spec;
  spec.ropes.push_back(read_rope(config, "rope_local", spec.ropes[0].rotary_dim, config.gguf() ? spec.ropes[0].theta : 500000));
  const int window = int(config.i64_or("window", 4096));
  const std::vector<bool> sliding = sliding_or_pattern(config, 4);
  for (size_t i = 0; i < sliding.size(); ++i) {
    spec.stacks[0].layers[i].window = sliding[i] ? window : 0;
    spec.stacks[0].layers[i].rope = sliding[i] ? 1 : 0;
  }
  return spec;
}

Architecture olmo2() {
  return {.id = "olmo2", .gguf_names = {"olmo2"}, .hf_model_types = {"olmo2", "olmo3"}, .keys = decoder_keys(), .hf_names = hf_output_norm_names(),
          .spec = spec, .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
