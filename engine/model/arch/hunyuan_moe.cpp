// SPDX-License-Identifier: Apache-2.0
// Hunyuan-A13B (Tencent 2025): norms of q and k per head after the rotation, a mixture with a shared expert in every layer, rotary base
// stretched by a fixed alpha.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static std::span<const NameRule> names() {
  static const std::vector<NameRule> list = renamed(hf_moe_names(), {{"attn.q_norm.w", "model.layers.{}.self_attn.query_layernorm.weight"},
                                                                     {"attn.k_norm.w", "model.layers.{}.self_attn.key_layernorm.weight"}});
  return list;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  MoeSpec moe = read_moe(config, true);
  moe.route.renormalize = true;
  if (!config.gguf()) moe.shared_hidden = moe.hidden;
  set_sparse(spec, moe, config);
  const std::vector<int64_t> used = config.i64s("experts_used", int64_t(spec.layers().size()));
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.qk_norm = layer.qk_norm_after_rope = true;
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
    if (used[i] < 1 || used[i] > moe.experts) throw config.error("experts_used", "is outside 1 to the number of experts");
    layer.moe.route.used = int(used[i]);
  }
  return spec;
}

Architecture hunyuan_moe() {
  return {.id = "hunyuan_moe", .gguf_names = {"hunyuan-moe"}, .hf_model_types = {"hunyuan_v1_moe"}, .keys = moe_keys(), .hf_names = names(),
          .spec = spec, .adjust = adjust_experts, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
