// SPDX-License-Identifier: Apache-2.0
// Q8_0: x = d q, q signed 8 bits. Bytes: d f16, 32 bytes of q.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q8_0 {
  static constexpr int kElements = 32, kBytes = 34;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    for (int j = 0; j < 32; ++j) out[j] = float(int8_t(block[2 + j])) * d;
  }
};

}  // namespace vitrine::formats
