// SPDX-License-Identifier: Apache-2.0
#include "engine/model/alibi.h"

#include <bit>
#include <cmath>

#include "engine/core/bfloat16.h"

namespace vitrine {

std::vector<float> alibi_slopes(const AlibiSpec& spec, int heads) {
  const int whole = int(std::bit_floor(unsigned(heads)));
  std::vector<float> slopes;
  for (int h = 0; h < heads; ++h) {
    const double exponent = h < whole ? double(h + 1) / whole : (2.0 * (h - whole) + 1) / (2.0 * whole);
    const float slope = float(std::exp2(-double(spec.max_bias) * exponent));
    slopes.push_back(spec.bf16 ? round_bf16(slope) : slope * spec.scale);
  }
  return slopes;
}

}  // namespace vitrine
