// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
// A value is a function of (seed, step, stream) alone, so nothing that runs beside it can change it.
#pragma once

#include <array>
#include <cstdint>

namespace vitrine {

inline std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t(0xD2511F53u) * counter[0], b = uint64_t(0xCD9E8D57u) * counter[2];
    counter = {uint32_t(b >> 32) ^ counter[1] ^ key[0], uint32_t(b), uint32_t(a >> 32) ^ counter[3] ^ key[1], uint32_t(a)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return counter;
}

/// Uniform in [0, 1) with 53 random bits.
inline double uniform(uint64_t seed, uint64_t step, uint32_t stream = 0) noexcept {
  const auto r = philox({uint32_t(step), uint32_t(step >> 32), stream, 0}, {uint32_t(seed), uint32_t(seed >> 32)});
  return double(((uint64_t(r[0]) << 32) | r[1]) >> 11) * 0x1.0p-53;
}

}  // namespace vitrine
