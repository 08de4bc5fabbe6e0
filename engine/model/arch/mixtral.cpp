// SPDX-License-Identifier: Apache-2.0
// Mixtral (arXiv:2401.04088): Mistral with a mixture in every layer; the chosen experts' probabilities are made to sum to one. llama.cpp
// calls it "llama": see llama.cpp.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.theta = 1e6});
  set_window(spec, config);
  MoeSpec moe = read_moe(config);
  moe.route.renormalize = true;
  set_sparse(spec, moe, config);
  return spec;
}

Architecture mixtral() {
  return {.id = "mixtral", .gguf_names = {}, .hf_model_types = {"mixtral"}, .keys = moe_keys(), .hf_names = hf_moe_names(), .spec = spec,
          .adjust = adjust_experts};
}

}  // namespace vitrine
