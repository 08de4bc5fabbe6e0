// SPDX-License-Identifier: Apache-2.0
// Q2_K: 16 sub-blocks of 16, x = d s q - dmin m, q of 2 bits, s and m of 4 bits.
// Bytes: 16 of (s low nibble, m high nibble), 64 of q (each byte holds values l, l + 32, l + 64, l + 96 of its half), d
// f16, dmin f16.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q2_K {
  static constexpr int kElements = 256, kBytes = 84;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block + 80), dmin = load_half(block + 82);
    for (int sub = 0; sub < 16; ++sub) {
      const int half = sub / 8, shift = sub % 8 / 2 * 2, first = sub % 2 * 16;
      const uint8_t* q = block + 16 + half * 32 + first;
      const float scale = d * float(block[sub] & 0xf), minimum = dmin * float(block[sub] >> 4);
      for (int l = 0; l < 16; ++l) out[sub * 16 + l] = scale * float(q[l] >> shift & 3) - minimum;
    }
  }
};

}  // namespace vitrine::formats
