// SPDX-License-Identifier: Apache-2.0
// TQ2_0: x = d (t - 1), t of 2 bits. Bytes: 64 of t (in each half bit pair l of byte m is value 32 l + m), d f16.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct TQ2_0 {
  static constexpr int kElements = 256, kBytes = 66;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block + 64);
    for (int j = 0; j < 256; ++j) out[j] = float((block[j / 128 * 32 + j % 32] >> (j / 32 % 4 * 2) & 3) - 1) * d;
  }
};

}  // namespace vitrine::formats
