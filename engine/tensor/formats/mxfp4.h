// SPDX-License-Identifier: Apache-2.0
// MXFP4 (OCP Microscaling Formats 1.0): x = 2^(e - 127) FP4. Bytes: e, 16 of E2M1 codes (low nibbles values 0..15,
// high 16..31). The levels are stored doubled, so the scale is halved.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct MXFP4 {
  static constexpr int kElements = 32, kBytes = 17;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const uint32_t e = block[0];
    const float scale = float_of_bits(e < 2 ? 0x00200000u << e : (e - 1) << 23);
    for (int j = 0; j < 16; ++j) {
      out[j] = float(fp4_level(block[1 + j] & 0xf)) * scale;
      out[j + 16] = float(fp4_level(block[1 + j] >> 4)) * scale;
    }
  }
};

}  // namespace vitrine::formats
