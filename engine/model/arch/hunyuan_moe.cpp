// SPDX-License-Identifier: Apache-2.0
// Hunyuan-A13B (Tencent 2025): norms of q and k per head after the rotation, a mixture with a shared expert in every layer, rotary base
// stretched by a fixed alpha.
#include <cmath>

#include "engine/model/arch/moe_family.h"

namespace vitrine {

static constexpr KeyPair kOwnKeys[] = {
    {"alpha", "", "rope_parameters.alpha|rope_scaling.alpha"},
};

static std::span<const KeyPair> keys() {
  static const std::vector<KeyPair> all = joined_keys(moe_keys(), kOwnKeys);
  return all;
}

static std::span<const NameRule> names() {
  static const std::vector<NameRule> all = [] {
    std::vector<NameRule> list;
    for (const NameRule& rule : hf_moe_names())
      if (rule.canonical != "attn.q_norm.w" && rule.canonical != "attn.k_norm.w") list.push_back(rule);
    list.push_back({"attn.q_norm.w", "model.layers.{}.self_attn.query_layernorm.weight"});
    list.push_back({"attn.k_norm.w", "model.layers.{}.self_attn.key_layernorm.weight"});
    return list;
  }();
  return all;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  RopeSpec& rope = spec.ropes[0];
  if (rope.kind == RopeSpec::Kind::dynamic && config.has("alpha")) {
    rope.kind = RopeSpec::Kind::standard;
    rope.theta *= std::pow(config.f64("alpha"), double(rope.rotary_dim) / (rope.rotary_dim - 2));
  }
  MoeSpec moe = read_moe(config, true);
  moe.route.renormalize = true;
  if (!config.gguf()) moe.shared_hidden = moe.hidden;
  set_sparse(spec, moe, config, [](int) { return true; });
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
  return {.id = "hunyuan_moe", .gguf_names = {"hunyuan-moe"}, .hf_model_types = {"hunyuan_v1_moe"}, .keys = keys(), .hf_names = names(),
          .spec = spec, .adjust = adjust_experts};
}

}  // namespace vitrine
