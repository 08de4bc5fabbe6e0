// SPDX-License-Identifier: Apache-2.0
// IQ1_M: 16 sub-blocks of 16, each two grid points of 8 values: x = d (2 s + 1) (level +- 1/8).
// Bytes: 32 low index bytes, 16 of (3 high index bits, sign of the 1/8) a nibble a point, 4 words of four 3-bit s each;
// the four top bits of these words are the f16 d.
#pragma once

#include "engine/tensor/formats/iq1_grid.h"

namespace vitrine::formats {

struct IQ1_M {
  static constexpr int kElements = 256, kBytes = 56;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const uint8_t *high = block + 32, *scales = block + 48;
    uint16_t d_bits = 0;
    for (int w = 0; w < 4; ++w) d_bits = uint16_t(d_bits | load_u16(scales + 2 * w) >> 12 << 4 * w);
    const float d = half_to_float(d_bits);
    for (int point = 0; point < 32; ++point) {
      const int sub = point / 2, nibble = high[sub] >> (point % 2 * 4) & 0xf;
      const int s = load_u16(scales + 2 * (sub / 4)) >> (sub % 4 * 3) & 7;
      iq1_point(block[point] | (nibble & 7) << 8, d * float(2 * s + 1), nibble & 8 ? -0.125f : 0.125f, out + point * 8);
    }
  }
};

}  // namespace vitrine::formats
