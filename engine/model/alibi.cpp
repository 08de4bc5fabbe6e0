// SPDX-License-Identifier: Apache-2.0
#include "engine/model/alibi.h"

#include <bit>
#include <cmath>

namespace vitrine {

/// To the nearest bfloat16, ties to even.
static float round_bf16(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  return std::bit_cast<float>((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u);
}

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
