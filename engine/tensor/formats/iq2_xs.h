// SPDX-License-Identifier: Apache-2.0
// IQ2_XS: 16 sub-blocks of 16, each two grid points of 8 values: x = d (0.5 + s) / 4 * sign * level.
// Bytes: d f16, 32 words of (9-bit grid index, 7 sign bits), 8 of s (4 bits each).
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

VT_HD inline uint16_t iq2_xs_grid(int index) {
  static constexpr uint16_t kGrid[512] = {
#include "engine/tensor/formats/tables/iq2_xs_grid.inc"
  };
  return kGrid[index];
}

struct IQ2_XS {
  static constexpr int kElements = 256, kBytes = 74;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    for (int point = 0; point < 32; ++point) {
      const uint16_t word = load_u16(block + 2 + 2 * point);
      const int s = block[66 + point / 4] >> (point / 2 % 2 * 4) & 0xf;
      const float scale = d * (0.5f + float(s)) * 0.25f;
      iq2_point(iq2_xs_grid(word & 511), even_signs(word >> 9), scale, out + point * 8);
    }
  }
};

}  // namespace vitrine::formats
