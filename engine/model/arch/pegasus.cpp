// SPDX-License-Identifier: Apache-2.0
// Pegasus (arXiv:1912.08777): norms before each branch and one behind each stack, sinusoidal positions.
#include "engine/model/arch/all.h"
#include "engine/model/arch/bart_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bart(config, NormPlacement::pre);
  spec.sinusoidal_positions = spec.sinusoids_by_width = true;
  return spec;
}

Architecture pegasus() {
  return {.id = "pegasus", .gguf_names = {}, .hf_model_types = {"pegasus"}, .keys = bart_keys(), .hf_names = bart_names(), .spec = spec,
          .adjust = bart_adjust, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
