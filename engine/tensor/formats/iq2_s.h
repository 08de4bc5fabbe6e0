// SPDX-License-Identifier: Apache-2.0
// IQ2_S: 16 sub-blocks of 16, each two grid points of 8 values: x = d (0.5 + s) / 4 * sign * level.
// Bytes: d f16, 32 low index bytes, 32 sign bytes, 8 of high index bits (2 a point), 8 of s (4 bits each).
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

VT_HD inline uint16_t iq2_s_grid(int index) {
  static constexpr uint16_t kGrid[1024] = {
#include "engine/tensor/formats/tables/iq2_s_grid.inc"
  };
  return kGrid[index];
}

struct IQ2_S {
  static constexpr int kElements = 256, kBytes = 82;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    for (int point = 0; point < 32; ++point) {
      const int index = block[2 + point] | (block[66 + point / 4] >> (point % 4 * 2) & 3) << 8;
      const int s = block[74 + point / 4] >> (point / 2 % 2 * 4) & 0xf;
      const float scale = d * (0.5f + float(s)) * 0.25f;
      iq2_point(iq2_s_grid(index), block[34 + point], scale, out + point * 8);
    }
  }
};

}  // namespace vitrine::formats
