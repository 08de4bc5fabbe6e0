// SPDX-License-Identifier: Apache-2.0
// The sampler's default for the window while engine/decode has none.
#include "engine/decode/sampler_spec.h"

namespace vitrine {
SamplerSpec default_sampler() { return {{{"temperature", {{"temperature", 0.8}}}}, 42}; }
std::string sampler_to_json(const SamplerSpec&) { return "{}"; }
SamplerSpec sampler_from_json(std::string_view) { return default_sampler(); }
}  // namespace vitrine
