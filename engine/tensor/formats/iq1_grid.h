// SPDX-License-Identifier: Apache-2.0
// The grid that IQ1_S and IQ1_M share: 2048 points of eight levels -1, 0, 1.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

VT_HD inline uint16_t iq1_grid(int index) {
  static constexpr uint16_t kGrid[2048] = {
#include "engine/tensor/formats/tables/iq1_grid.inc"
  };
  return kGrid[index];
}

/// x = scale (level + delta) for the eight levels of a grid point.
VT_HD inline void iq1_point(int index, float scale, float delta, float* out) {
  const uint16_t point = iq1_grid(index);
  for (int j = 0; j < 8; ++j) out[j] = scale * (float((point >> 2 * j & 3) - 1) + delta);
}

}  // namespace vitrine::formats
