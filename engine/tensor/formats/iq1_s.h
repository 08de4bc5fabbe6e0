// SPDX-License-Identifier: Apache-2.0
// IQ1_S: 8 sub-blocks of 32, each four grid points of 8 values: x = d (2 s + 1) (level +- 1/8).
// Bytes: d f16, 32 low index bytes, 8 words of (4 x 3 high index bits, 3-bit s, sign of the 1/8).
#pragma once

#include "engine/tensor/formats/iq1_grid.h"

namespace vitrine::formats {

struct IQ1_S {
  static constexpr int kElements = 256, kBytes = 50;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    for (int sub = 0; sub < 8; ++sub) {
      const uint16_t word = load_u16(block + 34 + 2 * sub);
      const float scale = d * float(2 * (word >> 12 & 7) + 1), delta = word & 0x8000 ? -0.125f : 0.125f;
      for (int l = 0; l < 4; ++l)
        iq1_point(block[2 + sub * 4 + l] | (word >> 3 * l & 7) << 8, scale, delta, out + sub * 32 + l * 8);
    }
  }
};

}  // namespace vitrine::formats
