// SPDX-License-Identifier: Apache-2.0
// Granite 3 MoE (IBM 2024, "Granite 3.0 Language Models") with and without a shared expert: Granite's four multipliers, a mixture in every
// layer whose weights are the softmax of the chosen logits.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  granite_multipliers(config, spec);
  for (LayerSpec& layer : spec.stacks[0].layers) layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
  MoeSpec moe = read_moe(config);
  moe.route.score = RouteRule::Score::softmax_of_chosen;
  set_sparse(spec, moe, config);
  return spec;
}

Architecture granitemoe() {
  return {.id = "granitemoe", .gguf_names = {"granitemoe"}, .hf_model_types = {"granitemoe", "granitemoeshared"}, .keys = moe_keys(),
          .hf_names = hf_moe_names(), .spec = spec, .adjust = adjust_llama_experts};
}

}  // namespace vitrine
