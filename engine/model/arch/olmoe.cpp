// SPDX-License-Identifier: Apache-2.0
// OLMoE (arXiv:2409.02060): a mixture in every layer, norms of q and k over all heads together, q, k and v clamped where the
// configuration says so.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.qk_norm = true;
    layer.qk_norm_span = QkNormSpan::width;
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
    layer.qkv_clip = float(config.f64_or("clip", 0));
  }
  MoeSpec moe = read_moe(config);
  moe.route.renormalize = config.boolean_or("renormalize", false);
  set_sparse(spec, moe, config);
  return spec;
}

Architecture olmoe() {
  return {.id = "olmoe", .gguf_names = {"olmoe"}, .hf_model_types = {"olmoe"}, .keys = moe_keys(), .hf_names = hf_moe_names(), .spec = spec,
          .adjust = adjust_experts, .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
