// SPDX-License-Identifier: Apache-2.0
// Rounding a float to bfloat16 and back, where a single number needs it.
#pragma once

#include <bit>
#include <cstdint>

namespace vitrine {

/// To the nearest bfloat16, ties to even; x finite.
constexpr float round_bf16(float x) noexcept {
  const auto bits = std::bit_cast<uint32_t>(x);
  return std::bit_cast<float>((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u);
}

}  // namespace vitrine
