// SPDX-License-Identifier: Apache-2.0
// Q4_0: x = d (q - 8), q of 4 bits. Bytes: d f16, 16 bytes of q (low nibbles are values 0..15, high ones 16..31).
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q4_0 {
  static constexpr int kElements = 32, kBytes = 18;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    for (int j = 0; j < 16; ++j) {
      const int q = block[2 + j];
      out[j] = float((q & 0xf) - 8) * d;
      out[j + 16] = float((q >> 4) - 8) * d;
    }
  }
};

}  // namespace vitrine::formats
