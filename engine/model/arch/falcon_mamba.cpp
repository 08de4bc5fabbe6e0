// SPDX-License-Identifier: Apache-2.0
// FalconMamba (Zuo et al. 2024, arXiv:2410.05355): Mamba with RMS norms, without weights, of the time step's rank, of b and of c.
#include "engine/model/arch/all.h"
#include "engine/model/arch/mamba_family.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = mamba_spec(config);
  for (LayerSpec& layer : spec.stacks[0].layers) layer.mamba.norms = true;
  return spec;
}

Architecture falcon_mamba() {
  static const std::vector<KeyPair> keys = state_keys();
  return {.id = "falcon_mamba", .gguf_names = {}, .hf_model_types = {"falcon_mamba"}, .keys = keys, .hf_names = hf_mamba_names(), .spec = spec,
          .adjust = mamba_adjust, .padding_row = {.declared = false}};
}

}  // namespace vitrine
