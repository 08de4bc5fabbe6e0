// SPDX-License-Identifier: Apache-2.0
// Q5_1: x = d q + m, q of 5 bits. Bytes: d f16, m f16, 32 fifth bits, 16 bytes of low nibbles (values 0..15,
// then 16..31).
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q5_1 {
  static constexpr int kElements = 32, kBytes = 24;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block), m = load_half(block + 2);
    const uint32_t high = load_u32(block + 4);
    for (int j = 0; j < 16; ++j) {
      const int q = block[8 + j];
      out[j] = float((q & 0xf) | (high >> j & 1) << 4) * d + m;
      out[j + 16] = float((q >> 4) | (high >> (j + 16) & 1) << 4) * d + m;
    }
  }
};

}  // namespace vitrine::formats
