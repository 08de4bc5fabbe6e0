// SPDX-License-Identifier: Apache-2.0
// TQ1_0: x = d (t - 1), t ternary; five digits a byte, most significant first, as a fixed-point fraction of 256/243.
// Bytes: 32 (digit n of byte m is value 32 n + m), 16 (values 160 + 16 n + m), 4 of four digits (values 240 + 4 n + m),
// d f16.
#pragma once

#include "engine/tensor/formats/format.h"

namespace vitrine::formats {

struct TQ1_0 {
  static constexpr int kElements = 256, kBytes = 54;

  VT_HD static void decode(const uint8_t* block, float* out) {
    const float d = load_half(block + 52);
    const auto run = [&](const uint8_t* bytes, int count, int digits, float* to) {
      int power = 1;  // of three
      for (int n = 0; n < digits; ++n, power *= 3)
        for (int m = 0; m < count; ++m) to[n * count + m] = float((uint8_t(bytes[m] * power) * 3 >> 8) - 1) * d;
    };
    run(block, 32, 5, out);
    run(block + 32, 16, 5, out + 160);
    run(block + 48, 4, 4, out + 240);
  }
};

}  // namespace vitrine::formats
