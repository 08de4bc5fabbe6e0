// SPDX-License-Identifier: Apache-2.0
// Qwen3-30B-A3B and -235B-A22B (arXiv:2505.09388): Qwen3 with mixtures, no shared expert.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const int window = config.boolean_or("use_window", false) ? int(config.i64_or("window", 4096)) : 0;
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.qk_norm = true;
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
    layer.window = window;
  }
  if (config.has("experts") && config.i64("experts") == 0) return spec;
  MoeSpec moe = read_moe(config);
  moe.route.renormalize = config.boolean_or("renormalize", config.gguf());  // llama.cpp's files leave it out and mean true
  set_sparse(spec, moe, config, sparse_by_step(config));
  return spec;
}

Architecture qwen3_moe() {
  return {.id = "qwen3_moe", .gguf_names = {"qwen3moe"}, .hf_model_types = {"qwen3_moe"}, .keys = moe_keys(), .hf_names = hf_moe_names(),
          .spec = spec, .adjust = adjust_experts};
}

}  // namespace vitrine
