// SPDX-License-Identifier: Apache-2.0
// Q4_1: x = d q + m, q of 4 bits. Bytes: d f16, m f16, 16 bytes of q (low nibbles are values 0..15, high ones 16..31).
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q4_1 {
  static constexpr int kElements = 32, kBytes = 20;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block), m = load_half(block + 2);
    for (int j = 0; j < 16; ++j) {
      const int q = block[4 + j];
      out[j] = float(q & 0xf) * d + m;
      out[j + 16] = float(q >> 4) * d + m;
    }
  }
};

}  // namespace vitrine::formats
