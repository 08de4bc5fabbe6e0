// SPDX-License-Identifier: Apache-2.0
// Q5_K: 8 sub-blocks of 32, x = d s q - dmin m, q of 5 bits, s and m of 6 bits.
// Bytes: d f16, dmin f16, 12 of s and m, 32 of fifth bits (bit j for sub-block j), 128 of low nibbles as in Q4_K.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q5_K {
  static constexpr int kElements = 256, kBytes = 176;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block), dmin = load_half(block + 2);
    const uint8_t* fifth = block + 16;
    for (int sub = 0; sub < 8; ++sub) {
      uint8_t s, m;
      scale_min_k4(sub, block + 4, s, m);
      const float scale = d * float(s), minimum = dmin * float(m);
      const uint8_t* q = block + 48 + sub / 2 * 32;
      const int shift = sub % 2 * 4;
      for (int l = 0; l < 32; ++l)
        out[sub * 32 + l] = scale * float((q[l] >> shift & 0xf) + (fifth[l] >> sub & 1) * 16) - minimum;
    }
  }
};

}  // namespace vitrine::formats
