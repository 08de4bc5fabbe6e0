// SPDX-License-Identifier: Apache-2.0
// Q1_0: x = +d or -d. Bytes: d f16, 128 sign bits (set: plus), lowest bit first.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct Q1_0 {
  static constexpr int kElements = 128, kBytes = 18;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    for (int j = 0; j < 128; ++j) out[j] = block[2 + j / 8] >> j % 8 & 1 ? d : -d;
  }
};

}  // namespace vitrine::formats
