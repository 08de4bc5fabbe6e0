// SPDX-License-Identifier: Apache-2.0
// dots.llm1 (arXiv:2506.05767): DeepSeek-V3's mixtures in a stack with grouped queries; q and k are always normed, windows may slide.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static ModelSpec dots_spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const int window = int(config.i64_or("window", 4096));
  const std::vector<bool> sliding = sliding_layers(config);
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
    layer.qk_norm = true;
    layer.window = !sliding.empty() && sliding[i] ? window : 0;
  }
  set_sparse(spec, read_sigmoid_moe(config), config, sparse_from(config, 0));
  return spec;
}

Architecture dots1() {
  return {.id = "dots1", .gguf_names = {"dots1"}, .hf_model_types = {"dots1"}, .keys = moe_keys(), .hf_names = hf_moe_names(), .spec = dots_spec,
          .adjust = adjust_experts};
}

}  // namespace vitrine
