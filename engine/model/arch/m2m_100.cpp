// SPDX-License-Identifier: Apache-2.0
// M2M-100 (arXiv:2010.11125) and NLLB-200 (arXiv:2207.04672): mBART with sinusoidal positions, which begin behind the row of the padding token,
// and no norm after the embeddings.
#include "engine/model/arch/all.h"
#include "engine/model/arch/bart_family.h"

namespace vitrine {

static constexpr KeyPair kExtraKeys[] = {{"padding_id", "", "pad_token_id"}};

static std::span<const KeyPair> keys() {
  static const std::vector<KeyPair> all = joined_keys(kExtraKeys, bart_keys());
  return all;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bart(config, NormPlacement::pre);
  spec.sinusoidal_positions = true;
  spec.position_offset = int(config.i64_or("padding_id", 1)) + 1;
  return spec;
}

Architecture m2m_100() {
  return {.id = "m2m_100", .gguf_names = {}, .hf_model_types = {"m2m_100"}, .keys = keys(), .hf_names = bart_names(), .spec = spec, .adjust = bart_adjust,
          .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
