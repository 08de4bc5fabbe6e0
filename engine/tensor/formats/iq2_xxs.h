// SPDX-License-Identifier: Apache-2.0
// IQ2_XXS: 8 sub-blocks of 32, each four grid points of 8 values: x = d (0.5 + s) / 4 * sign * level.
// Bytes: d f16, then per sub-block 4 grid indices, and a word of 4 x 7 sign bits with the 4-bit s on top.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

VT_HD inline uint16_t iq2_xxs_grid(int index) {
  static constexpr uint16_t kGrid[256] = {
#include "engine/tensor/formats/tables/iq2_xxs_grid.inc"
  };
  return kGrid[index];
}

struct IQ2_XXS {
  static constexpr int kElements = 256, kBytes = 66;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block);
    for (int sub = 0; sub < 8; ++sub) {
      const uint8_t* indices = block + 2 + 8 * sub;
      const uint32_t word = load_u32(indices + 4);
      const float scale = d * (0.5f + float(word >> 28)) * 0.25f;
      for (int l = 0; l < 4; ++l)
        iq2_point(iq2_xxs_grid(indices[l]), even_signs(word >> 7 * l & 127), scale, out + sub * 32 + l * 8);
    }
  }
};

}  // namespace vitrine::formats
