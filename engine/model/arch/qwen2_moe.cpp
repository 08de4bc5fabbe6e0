// SPDX-License-Identifier: Apache-2.0
// Qwen1.5-MoE and Qwen2-57B-A14B (arXiv:2407.10671): Qwen2 with mixtures and a shared expert behind a gate.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const int window = config.boolean_or("use_window", false) ? int(config.i64_or("window", 4096)) : 0;
  const int64_t windowed = config.i64_or("max_window_layers", 28);
  const std::vector<bool> sliding = sliding_layers(config);
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.qkv_bias = config.boolean_or("qkv_bias", true);
    layer.window = (sliding.empty() ? (i + 1) % 2 != 0 && int64_t(i) < windowed : bool(sliding[i])) ? window : 0;
  }
  if (config.has("experts") && config.i64("experts") == 0) return spec;
  MoeSpec moe = read_moe(config);
  moe.route.renormalize = config.boolean_or("renormalize", false);
  moe.shared_gate = moe.shared_hidden > 0;
  set_sparse(spec, moe, config, sparse_by_step(config));
  return spec;
}

Architecture qwen2_moe() {
  return {.id = "qwen2_moe", .gguf_names = {"qwen2moe"}, .hf_model_types = {"qwen2_moe"}, .keys = moe_keys(), .hf_names = hf_moe_names(),
          .spec = spec, .adjust = adjust_experts};
}

}  // namespace vitrine
