// SPDX-License-Identifier: Apache-2.0
// IQ3_S: 8 sub-blocks of 32, each eight grid points of 4 values: x = d (1 + 2 s) * sign * level.
// Bytes: d f16, 64 low index bytes, 8 of ninth index bits (one byte a sub-block), 32 sign bytes, 4 of s (4 bits each).
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

VT_HD inline uint16_t iq3_s_grid(int index) {
  static constexpr uint16_t kGrid[512] = {
#include "engine/tensor/formats/tables/iq3_s_grid.inc"
  };
  return kGrid[index];
}

struct IQ3_S {
  static constexpr int kElements = 256, kBytes = 110;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    for (int sub = 0; sub < 8; ++sub) {
      const int s = block[106 + sub / 2] >> (sub % 2 * 4) & 0xf;
      const float scale = d * float(1 + 2 * s);
      for (int j = 0; j < 32; ++j) {
        const int index = block[2 + sub * 8 + j / 4] | (block[66 + sub] >> (j / 4) & 1) << 8;
        const float value = scale * float(1 + 2 * (iq3_s_grid(index) >> (j % 4 * 3) & 7));
        out[sub * 32 + j] = block[74 + sub * 4 + j / 8] >> j % 8 & 1 ? -value : value;
      }
    }
  }
};

}  // namespace vitrine::formats
