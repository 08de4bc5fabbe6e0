// SPDX-License-Identifier: Apache-2.0
// Q6_K: 16 sub-blocks of 16, x = d s (q - 32), q of 6 bits, s signed 8 bits.
// Bytes: 128 of low nibbles, 64 of high bit pairs, 16 of s, d f16. A half (128 values) has four quarters of 32:
// quarters 0 and 1 take the low nibbles of its two runs of 32 bytes, 2 and 3 the high ones; quarter k takes bit pair k
// of its 32 high bytes.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q6_K {
  static constexpr int kElements = 256, kBytes = 210;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block + 208);
    for (int quarter = 0; quarter < 8; ++quarter) {
      const int half = quarter / 4, k = quarter % 4;
      const uint8_t *low = block + half * 64 + k % 2 * 32, *high = block + 128 + half * 32;
      const uint8_t* scales = block + 192 + quarter * 2;
      for (int l = 0; l < 32; ++l) {
        const int q = (low[l] >> (k / 2 * 4) & 0xf) | (high[l] >> 2 * k & 3) << 4;
        out[quarter * 32 + l] = d * float(int8_t(scales[l / 16])) * float(q - 32);
      }
    }
  }
};

}  // namespace vitrine::formats
