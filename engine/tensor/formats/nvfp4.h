// SPDX-License-Identifier: Apache-2.0
// NVFP4: 4 sub-blocks of 16, x = s FP4 with s an unsigned E4M3 number. Bytes: 4 of s, then per sub-block 8 of E2M1
// codes (low nibbles values 0..7, high 8..15). The levels are stored doubled, so the scale is halved; codes 0 and 0x7f
// mean zero.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct NVFP4 {
  static constexpr int kElements = 64, kBytes = 36;

  VT_HD static void decode(const uint8_t* block, float* out) {
    for (int sub = 0; sub < 4; ++sub) {
      const float scale = half_e4m3(block[sub]);
      const uint8_t* q = block + 4 + sub * 8;
      for (int j = 0; j < 8; ++j) {
        out[sub * 16 + j] = float(fp4_level(q[j] & 0xf)) * scale;
        out[sub * 16 + j + 8] = float(fp4_level(q[j] >> 4)) * scale;
      }
    }
  }

 private:
  VT_HD static float half_e4m3(uint8_t code) {
    const uint32_t exponent = code >> 3 & 15u, mantissa = code & 7u;
    if (code == 0 || code == 0x7f) return 0;
    if (exponent == 0) return float(mantissa) * 0x1p-10f;
    return float_of_bits((exponent + 119) << 23 | mantissa << 20);  // 2^(exponent - 7 - 1)
  }
};

}  // namespace vitrine::formats
