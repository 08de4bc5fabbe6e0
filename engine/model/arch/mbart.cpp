// SPDX-License-Identifier: Apache-2.0
// mBART (arXiv:2001.08210): BART with norms before each branch and one behind each stack.
#include "engine/model/arch/all.h"
#include "engine/model/arch/bart_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bart(config, NormPlacement::pre);
  learned_positions(spec);
  return spec;
}

Architecture mbart() {
  return {.id = "mbart", .gguf_names = {}, .hf_model_types = {"mbart"}, .keys = bart_keys(), .hf_names = bart_names(), .spec = spec, .adjust = bart_adjust,
          .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
