// SPDX-License-Identifier: Apache-2.0
// Sixteen floats, sixteen ints and sixty-four bytes in portable C++, for matmul_body.inc.
#pragma once

#include <cstdint>

namespace vitrine::cpu {
namespace {

struct F16 {
  float v[16];
};
struct I16 {
  int32_t v[16];
};
struct B64 {
  uint8_t v[64];
};

#define VT_INLINE [[gnu::always_inline]] inline

template <class Lane>
VT_INLINE F16 each_float(Lane lane) {
  F16 out;
  for (int i = 0; i < 16; ++i) out.v[i] = lane(i);
  return out;
}
template <class Lane>
VT_INLINE I16 each_int(Lane lane) {
  I16 out;
  for (int i = 0; i < 16; ++i) out.v[i] = lane(i);
  return out;
}
template <class Lane>
VT_INLINE B64 each_byte(Lane lane) {
  B64 out;
  for (int i = 0; i < 64; ++i) out.v[i] = uint8_t(lane(i));
  return out;
}
VT_INLINE float float_of(uint32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, 4);
  return value;
}
VT_INLINE uint32_t bits_of(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  return bits;
}
VT_INLINE uint32_t word_at(const void* p, int i) {
  uint16_t word;
  __builtin_memcpy(&word, static_cast<const uint8_t*>(p) + 2 * i, 2);
  return word;
}
VT_INLINE float float_of_half(uint32_t h) {
  const uint32_t sign = (h & 0x8000u) << 16, exponent = h >> 10 & 31u, mantissa = h & 0x3ffu;
  if (exponent == 31) return float_of(sign | 0x7f800000u | mantissa << 13);
  if (exponent != 0) return float_of(sign | (exponent + 112) << 23 | mantissa << 13);
  const float magnitude = float(mantissa) * 0x1p-24f;
  return sign ? -magnitude : magnitude;
}

VT_INLINE F16 f_set1(float a) {
  return each_float([=](int) { return a; });
}
VT_INLINE F16 f_load(const float* p) {
  return each_float([=](int i) { return p[i]; });
}
VT_INLINE void f_store(float* p, const F16& a) {
  for (int i = 0; i < 16; ++i) p[i] = a.v[i];
}
VT_INLINE F16 f_mul(const F16& a, const F16& b) {
  return each_float([&](int i) { return a.v[i] * b.v[i]; });
}
VT_INLINE F16 f_add(const F16& a, const F16& b) {
  return each_float([&](int i) { return a.v[i] + b.v[i]; });
}
VT_INLINE F16 f_fma(const F16& a, const F16& b, const F16& c) {
  return each_float([&](int i) { return __builtin_fmaf(a.v[i], b.v[i], c.v[i]); });
}
VT_INLINE F16 f_negate(const F16& a) {
  return each_float([&](int i) { return -a.v[i]; });
}
VT_INLINE F16 f_of_i(const I16& a) {
  return each_float([&](int i) { return float(a.v[i]); });
}
VT_INLINE F16 f_of_half(const void* p) {
  return each_float([=](int i) { return float_of_half(word_at(p, i)); });
}
VT_INLINE F16 f_of_bf16(const void* p) {
  return each_float([=](int i) { return float_of(word_at(p, i) << 16); });
}
/// 2^(e - 128), the subnormals too.
VT_INLINE F16 f_of_exponent(const uint8_t* p) {
  return each_float([=](int i) { return float_of(p[i] < 2 ? 0x00200000u << p[i] : uint32_t(p[i] - 1) << 23); });
}

VT_INLINE I16 i_zero() {
  return each_int([](int) { return 0; });
}
VT_INLINE I16 i_set1(int32_t a) {
  return each_int([=](int) { return a; });
}
VT_INLINE I16 i_of_u8(const uint8_t* p) {
  return each_int([=](int i) { return int32_t(p[i]); });
}
VT_INLINE I16 i_of_i8(const uint8_t* p) {
  return each_int([=](int i) { return int32_t(int8_t(p[i])); });
}
VT_INLINE I16 i_add(const I16& a, const I16& b) {
  return each_int([&](int i) { return a.v[i] + b.v[i]; });
}
VT_INLINE I16 i_and(const I16& a, int32_t mask) {
  return each_int([&](int i) { return a.v[i] & mask; });
}
VT_INLINE I16 i_shift_right(const I16& a, int n) {
  return each_int([&](int i) { return a.v[i] >> n; });
}

VT_INLINE B64 b_load(const uint8_t* p) {
  return each_byte([=](int i) { return p[i]; });
}
VT_INLINE void b_store(uint8_t* p, const B64& a) {
  for (int i = 0; i < 64; ++i) p[i] = a.v[i];
}
VT_INLINE B64 b_and(const B64& a, uint8_t mask) {
  return each_byte([&](int i) { return a.v[i] & mask; });
}
VT_INLINE B64 b_or(const B64& a, const B64& b) {
  return each_byte([&](int i) { return a.v[i] | b.v[i]; });
}
VT_INLINE B64 b_add(const B64& a, uint8_t b) {
  return each_byte([&](int i) { return a.v[i] + b; });
}
/// Shifts each byte (the vector forms shift pairs; callers mask what crosses). Negative n: to the left.
template <int n>
VT_INLINE B64 b_shift_right(const B64& a) {
  if constexpr (n >= 0) return each_byte([&](int i) { return a.v[i] >> n; });
  if constexpr (n < 0) return each_byte([&](int i) { return a.v[i] << -n; });
}
VT_INLINE B64 b_lookup(const uint8_t table[16], const B64& index) {
  return each_byte([&](int i) { return table[index.v[i] & 15]; });
}

/// sum += four columns of u8 codes times int8 x.
VT_INLINE I16 dot4(const I16& sum, const B64& w, const int8_t* x) {
  return each_int([&](int i) {
    const uint8_t* u = w.v + 4 * i;
    return sum.v[i] + u[0] * x[0] + u[1] * x[1] + u[2] * x[2] + u[3] * x[3];
  });
}
VT_INLINE I16 dot4_biased(const I16& sum, const B64& w, const int8_t* x) { return dot4(sum, w, x); }
VT_INLINE I16 start_biased(int32_t minus_128_sums) { return i_set1(minus_128_sums); }

/// Column 4 v + i of each row as floats, minus `zero`.
template <int i>
VT_INLINE F16 f_of_code(const B64& w, int zero) {
  return each_float([&](int r) { return float(w.v[4 * r + i] - zero); });
}

VT_INLINE uint32_t largest_bits(const float* x) {
  uint32_t largest = 0;
  for (int i = 0; i < 32; ++i) {
    const uint32_t bits = bits_of(x[i]) & 0x7fffffffu;
    if (bits > largest) largest = bits;
  }
  return largest;
}
VT_INLINE void codes_of(const float* x, float inverse, int8_t* codes, int32_t* low, int32_t* high) {
  *low = *high = 0;
  for (int i = 0; i < 32; ++i) {
    // Adding 1.5 * 2^23 leaves the nearest integer (ties to even) in the low bits; |x * inverse| is at most 127.
    const int32_t code = int32_t(bits_of(x[i] * inverse + 0x1.8p23f)) - 0x4b400000;
    codes[i] = int8_t(code);
    (i < 16 ? *low : *high) += code;
  }
}

VT_INLINE void prefetch(const void* p) { __builtin_prefetch(p); }

// Register blocking: tokens of one group in the integer tile; tokens and panels in the f32 product.
constexpr int kGroupTokens = 1, kGemmTokens = 2, kGemmPanels = 1;

}  // namespace
}  // namespace vitrine::cpu
