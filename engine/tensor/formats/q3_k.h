// SPDX-License-Identifier: Apache-2.0
// Q3_K: 16 sub-blocks of 16, x = d (s - 32) (q - 4), q of 3 bits, s of 6 bits.
// Bytes: 32 of third bits (bit j for group j of 32 values), 64 of low bits as in Q2_K, 12 of s, d f16.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q3_K {
  static constexpr int kElements = 256, kBytes = 110;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block + 108);
    const uint8_t* packed = block + 96;
    for (int sub = 0; sub < 16; ++sub) {
      const int low = sub < 8 ? packed[sub] & 0xf : packed[sub - 8] >> 4;
      const int high = packed[8 + sub % 4] >> (2 * (sub / 4)) & 3;
      const float scale = d * float((low | high << 4) - 32);
      const int half = sub / 8, shift = sub % 8 / 2 * 2, first = sub % 2 * 16;
      const uint8_t *q = block + 32 + half * 32 + first, *third = block + first;
      for (int l = 0; l < 16; ++l)
        out[sub * 16 + l] = scale * float((q[l] >> shift & 3) - (third[l] >> (sub / 2) & 1 ? 0 : 4));
    }
  }
};

}  // namespace vitrine::formats
