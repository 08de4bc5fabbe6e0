// SPDX-License-Identifier: Apache-2.0
// Phi-3.5-MoE (arXiv:2404.14219, 2409.12136): layer norms, biases in attention and head where the configuration has them, two experts
// chosen one after the other (SparseMixer). Its rotary scaling keeps the short factors and changes only the magnitude with the length.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static constexpr KeyPair kPhimoeKeys[] = {
    {"short_mscale", "", "rope_parameters.short_mscale|rope_scaling.short_mscale"},
    {"long_mscale", "", "rope_parameters.long_mscale|rope_scaling.long_mscale"},
};

static std::span<const KeyPair> keys() {
  static const std::vector<KeyPair> all = joined_keys(moe_keys(), kPhimoeKeys);
  return all;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.theta = 1e6});
  set_window(spec, config);
  spec.norm = NormKind::layer;
  RopeSpec& rope = spec.ropes[0];
  if (rope.kind != RopeSpec::Kind::standard && config.has("long_mscale")) {
    rope.short_magnitude = config.f64("short_mscale");
    rope.long_magnitude = config.f64("long_mscale");
    rope.long_factors = rope.short_factors;
  }
  rope.anew_beyond_original = true;
  for (LayerSpec& layer : spec.stacks[0].layers) layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
  MoeSpec moe = read_moe(config);
  moe.route = {.score = RouteRule::Score::sparse_mixer, .used = 2, .jitter = float(config.f64_or("jitter", 0.01))};
  set_sparse(spec, moe, config);
  return spec;
}

Architecture phimoe() {
  return {.id = "phimoe", .gguf_names = {"phimoe"}, .hf_model_types = {"phimoe"}, .keys = keys(), .hf_names = hf_moe_names(), .spec = spec,
          .adjust = adjust_experts};
}

}  // namespace vitrine
