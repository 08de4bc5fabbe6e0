// SPDX-License-Identifier: Apache-2.0
// Granite 3 MoE (IBM 2024, "Granite 3.0 Language Models") with and without a shared expert: Granite's four multipliers, a mixture in every
// layer whose weights are the softmax of the chosen logits.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static constexpr KeyPair kOwnKeys[] = {
    {"embedding_multiplier", "embedding_scale", "embedding_multiplier"},
    {"residual_multiplier", "residual_scale", "residual_multiplier"},
    {"attention_multiplier", "attention.scale", "attention_multiplier"},
    {"logits_scaling", "logit_scale", "logits_scaling"},
};

static std::span<const KeyPair> keys() {
  static const std::vector<KeyPair> all = joined_keys(moe_keys(), kOwnKeys);
  return all;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  spec.embed_scale = float(config.f64_or("embedding_multiplier", 1));
  const double divisor = config.f64_or("logits_scaling", 1);
  if (divisor == 0) throw config.error("logits_scaling", "is zero");
  spec.logit_scale = float(1 / divisor);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.score_scale = float(config.f64_or("attention_multiplier", 1));
    layer.residual_scale = float(config.f64_or("residual_multiplier", 1));
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
  }
  MoeSpec moe = read_moe(config);
  moe.route.score = RouteRule::Score::softmax_of_chosen;
  set_sparse(spec, moe, config, [](int) { return true; });
  return spec;
}

Architecture granitemoe() {
  return {.id = "granitemoe", .gguf_names = {"granitemoe"}, .hf_model_types = {"granitemoe", "granitemoeshared"}, .keys = keys(),
          .hf_names = hf_moe_names(), .spec = spec, .adjust = adjust_llama_experts};
}

}  // namespace vitrine
