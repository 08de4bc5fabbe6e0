// SPDX-License-Identifier: Apache-2.0
// IQ4_NL: x = d level(q), q of 4 bits into 16 fixed levels. Bytes as Q4_0.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct IQ4_NL {
  static constexpr int kElements = 32, kBytes = 18;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    for (int j = 0; j < 16; ++j) {
      out[j] = d * float(iq4_level(block[2 + j] & 0xf));
      out[j + 16] = d * float(iq4_level(block[2 + j] >> 4));
    }
  }
};

}  // namespace vitrine::formats
