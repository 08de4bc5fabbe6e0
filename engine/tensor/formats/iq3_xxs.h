// SPDX-License-Identifier: Apache-2.0
// IQ3_XXS: 8 sub-blocks of 32, each eight grid points of 4 values: x = d (0.5 + s) / 2 * sign * level.
// Bytes: d f16, 64 grid indices, 8 words of 4 x 7 sign bits (one group for two points) with the 4-bit s on top.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

VT_HD inline uint16_t iq3_xxs_grid(int index) {
  static constexpr uint16_t kGrid[256] = {
#include "engine/tensor/formats/tables/iq3_xxs_grid.inc"
  };
  return kGrid[index];
}

struct IQ3_XXS {
  static constexpr int kElements = 256, kBytes = 98;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    for (int sub = 0; sub < 8; ++sub) {
      const uint32_t word = load_u32(block + 66 + 4 * sub);
      const float scale = d * (0.5f + float(word >> 28)) * 0.5f;
      for (int j = 0; j < 32; ++j) {
        const int level = iq3_xxs_grid(block[2 + sub * 8 + j / 4]) >> (j % 4 * 3) & 7;
        const float value = scale * float(level < 7 ? 4 + 8 * level : 62);
        out[sub * 32 + j] = even_signs(word >> (j / 8 * 7) & 127) >> j % 8 & 1 ? -value : value;
      }
    }
  }
};

}  // namespace vitrine::formats
