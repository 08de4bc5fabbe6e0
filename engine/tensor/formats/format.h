// SPDX-License-Identifier: Apache-2.0
// What the block formats share: loading scalars from packed bytes and widening small floats, on host and device.
// Each formats/<id>.h defines struct CODEC { kElements, kBytes, decode(block, out) }; formats.def lists them.
// Layouts follow ggml (ggml-quants.c, ggml-common.h); decode gives the same float32 bits, so no product and sum may be
// fused.
#pragma once

#include <cstdint>
#include <cstring>

#ifdef __CUDACC__
#define VT_HD __host__ __device__
#else
#define VT_HD
#endif

namespace vitrine::formats {

VT_HD inline float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Blocks start at any even (or odd) address, so scalars are assembled from bytes; compilers turn this into one load.
VT_HD inline uint16_t load_u16(const uint8_t* p) { return uint16_t(p[0] | p[1] << 8); }
VT_HD inline uint32_t load_u32(const uint8_t* p) { return uint32_t(load_u16(p)) | uint32_t(load_u16(p + 2)) << 16; }

/// IEEE 754 binary16; infinities and NaN payloads are kept.
VT_HD inline float half_to_float(uint16_t h) {
  const uint32_t sign = uint32_t(h & 0x8000u) << 16, exponent = h >> 10 & 31u, mantissa = h & 0x3ffu;
  if (exponent == 31) return float_of_bits(sign | 0x7f800000u | mantissa << 13);
  if (exponent != 0) return float_of_bits(sign | (exponent + 112) << 23 | mantissa << 13);
  const float magnitude = float(mantissa) * 0x1p-24f;  // subnormal or zero, exact
  return sign ? -magnitude : magnitude;
}
VT_HD inline float load_half(const uint8_t* p) { return half_to_float(load_u16(p)); }

VT_HD inline float bfloat16_to_float(uint16_t b) { return float_of_bits(uint32_t(b) << 16); }

/// 6-bit scale and minimum of sub-block j (0..7) in the 12 bytes that Q4_K and Q5_K share.
VT_HD inline void scale_min_k4(int j, const uint8_t* q, uint8_t& scale, uint8_t& minimum) {
  if (j < 4) {
    scale = q[j] & 63;
    minimum = q[j + 4] & 63;
  } else {
    scale = uint8_t((q[j + 4] & 0xf) | (q[j - 4] >> 6) << 4);
    minimum = uint8_t((q[j + 4] >> 4) | (q[j] >> 6) << 4);
  }
}

/// Eight signs from seven stored bits: the eighth makes the number of minus signs even.
VT_HD inline uint8_t even_signs(uint32_t seven_bits) {
  uint32_t parity = seven_bits ^ seven_bits >> 4;
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return uint8_t(seven_bits | (parity & 1) << 7);
}

/// Eight levels (8, 25, 43) of an IQ2 grid point, two bits each, times `scale` and the sign bits.
VT_HD inline void iq2_point(uint16_t point, uint8_t signs, float scale, float* out) {
  for (int j = 0; j < 8; ++j) {
    const int level = point >> 2 * j & 3;
    const float value = scale * float(8 + 17 * level + (level >> 1));
    out[j] = signs >> j & 1 ? -value : value;
  }
}

/// Levels of the 4-bit non-linear formats IQ4_NL and IQ4_XS.
VT_HD inline int iq4_level(int code) {
  constexpr int8_t kLevels[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
  return kLevels[code];
}

/// E2M1 (FP4) values times two, as MXFP4 and NVFP4 store them; the negative zero decodes to zero.
VT_HD inline int fp4_level(int code) {
  constexpr int8_t kLevels[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
  return kLevels[code];
}

}  // namespace vitrine::formats
