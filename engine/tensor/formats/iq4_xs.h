// SPDX-License-Identifier: Apache-2.0
// IQ4_XS: 8 sub-blocks of 32, x = d (s - 32) level(q), levels of IQ4_NL, s of 6 bits.
// Bytes: d f16, word of high s bits (2 a sub-block), 4 of low s bits (4 a sub-block), 128 of q (16 a sub-block, as
// Q4_0).
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct IQ4_XS {
  static constexpr int kElements = 256, kBytes = 136;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    const uint16_t high = load_u16(block + 2);
    for (int sub = 0; sub < 8; ++sub) {
      const int s = (block[4 + sub / 2] >> (sub % 2 * 4) & 0xf) | (high >> 2 * sub & 3) << 4;
      const float scale = d * float(s - 32);
      const uint8_t* q = block + 8 + sub * 16;
      for (int j = 0; j < 16; ++j) {
        out[sub * 32 + j] = scale * float(iq4_level(q[j] & 0xf));
        out[sub * 32 + j + 16] = scale * float(iq4_level(q[j] >> 4));
      }
    }
  }
};

}  // namespace vitrine::formats
