// SPDX-License-Identifier: Apache-2.0
// Q4_K: 8 sub-blocks of 32, x = d s q - dmin m, q of 4 bits, s and m of 6 bits.
// Bytes: d f16, dmin f16, 12 of s and m, 128 of q (each 32 bytes: low nibbles one sub-block, high nibbles the next).
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q4_K {
  static constexpr int kElements = 256, kBytes = 144;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block), dmin = load_half(block + 2);
    for (int sub = 0; sub < 8; ++sub) {
      uint8_t s, m;
      scale_min_k4(sub, block + 4, s, m);
      const float scale = d * float(s), minimum = dmin * float(m);
      const uint8_t* q = block + 16 + sub / 2 * 32;
      const int shift = sub % 2 * 4;
      for (int l = 0; l < 32; ++l) out[sub * 32 + l] = scale * float(q[l] >> shift & 0xf) - minimum;
    }
  }
};

}  // namespace vitrine::formats
