// SPDX-License-Identifier: Apache-2.0
// Mamba-2 (Dao & Gu 2024, arXiv:2405.21060): state space duality, one decay a head, gated norm before the projection out.
#include "engine/model/arch/all.h"
#include "engine/model/arch/mamba_family.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_stateful(config);
  spec.tied_head = !config.gguf() && config.boolean_or("tied", false);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.mixer = Mixer::mamba2;
    layer.mamba2 = read_mamba2(config, spec.dim);
  }
  return spec;
}

Architecture mamba2() {
  static const std::vector<KeyPair> keys = state_keys();
  return {.id = "mamba2", .gguf_names = {"mamba2"}, .hf_model_types = {"mamba2"}, .keys = keys, .hf_names = hf_mamba_names(), .spec = spec,
          .padding_row = {.declared = false}};
}

}  // namespace vitrine
