// SPDX-License-Identifier: Apache-2.0
// Q5_0: x = d (q - 16), q of 5 bits. Bytes: d f16, 32 fifth bits, 16 bytes of low nibbles (values 0..15, then 16..31).
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q5_0 {
  static constexpr int kElements = 32, kBytes = 22;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    const uint32_t high = load_u32(block + 2);
    for (int j = 0; j < 16; ++j) {
      const int q = block[6 + j];
      out[j] = float(int((q & 0xf) | (high >> j & 1) << 4) - 16) * d;
      out[j + 16] = float(int((q >> 4) | (high >> (j + 16) & 1) << 4) - 16) * d;
    }
  }
};

}  // namespace vitrine::formats
