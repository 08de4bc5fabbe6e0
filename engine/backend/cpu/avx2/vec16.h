// SPDX-License-Identifier: Apache-2.0
// Sixteen floats, sixteen ints and sixty-four bytes as pairs of AVX2 registers, for matmul_body.inc.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace vitrine::cpu {
namespace {

struct F16 {
  __m256 a, b;
};
struct I16 {
  __m256i a, b;
};
struct B64 {
  __m256i a, b;
};

#define VT_INLINE [[gnu::always_inline]] inline

VT_INLINE F16 f_set1(float a) { return {_mm256_set1_ps(a), _mm256_set1_ps(a)}; }
VT_INLINE F16 f_load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
VT_INLINE void f_store(float* p, F16 x) { _mm256_storeu_ps(p, x.a), _mm256_storeu_ps(p + 8, x.b); }
VT_INLINE F16 f_mul(F16 x, F16 y) { return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
VT_INLINE F16 f_add(F16 x, F16 y) { return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
VT_INLINE F16 f_fma(F16 x, F16 y, F16 z) { return {_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)}; }
VT_INLINE F16 f_negate(F16 x) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_xor_ps(x.a, sign), _mm256_xor_ps(x.b, sign)};
}
VT_INLINE F16 f_of_i(I16 x) { return {_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }
VT_INLINE F16 f_of_half(const void* p) {
  const __m128i* half = static_cast<const __m128i*>(p);
  return {_mm256_cvtph_ps(_mm_loadu_si128(half)), _mm256_cvtph_ps(_mm_loadu_si128(half + 1))};
}
VT_INLINE F16 f_of_bf16(const void* p) {
  const __m128i* half = static_cast<const __m128i*>(p);
  const __m256i a = _mm256_cvtepu16_epi32(_mm_loadu_si128(half)), b = _mm256_cvtepu16_epi32(_mm_loadu_si128(half + 1));
  return {_mm256_castsi256_ps(_mm256_slli_epi32(a, 16)), _mm256_castsi256_ps(_mm256_slli_epi32(b, 16))};
}

VT_INLINE I16 i_zero() { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }
VT_INLINE I16 i_set1(int32_t a) { return {_mm256_set1_epi32(a), _mm256_set1_epi32(a)}; }
VT_INLINE I16 i_of_u8(const uint8_t* p) {
  const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return {_mm256_cvtepu8_epi32(x), _mm256_cvtepu8_epi32(_mm_srli_si128(x, 8))};
}
VT_INLINE I16 i_of_i8(const uint8_t* p) {
  const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return {_mm256_cvtepi8_epi32(x), _mm256_cvtepi8_epi32(_mm_srli_si128(x, 8))};
}
VT_INLINE I16 i_add(I16 x, I16 y) { return {_mm256_add_epi32(x.a, y.a), _mm256_add_epi32(x.b, y.b)}; }
VT_INLINE I16 i_and(I16 x, int32_t mask) {
  const __m256i m = _mm256_set1_epi32(mask);
  return {_mm256_and_si256(x.a, m), _mm256_and_si256(x.b, m)};
}
VT_INLINE I16 i_shift_right(I16 x, int n) { return {_mm256_srli_epi32(x.a, n), _mm256_srli_epi32(x.b, n)}; }
VT_INLINE __m256 of_exponent(__m256i e) {
  const __m256i normal = _mm256_slli_epi32(_mm256_sub_epi32(e, _mm256_set1_epi32(1)), 23);
  const __m256i small = _mm256_sllv_epi32(_mm256_set1_epi32(0x00200000), e);
  return _mm256_castsi256_ps(_mm256_blendv_epi8(small, normal, _mm256_cmpgt_epi32(e, _mm256_set1_epi32(1))));
}
/// 2^(e - 128), the subnormals too.
VT_INLINE F16 f_of_exponent(const uint8_t* p) {
  const I16 e = i_of_u8(p);
  return {of_exponent(e.a), of_exponent(e.b)};
}

VT_INLINE B64 b_load(const uint8_t* p) {
  const __m256i* from = reinterpret_cast<const __m256i*>(p);
  return {_mm256_loadu_si256(from), _mm256_loadu_si256(from + 1)};
}
VT_INLINE void b_store(uint8_t* p, B64 x) {
  __m256i* to = reinterpret_cast<__m256i*>(p);
  _mm256_storeu_si256(to, x.a), _mm256_storeu_si256(to + 1, x.b);
}
VT_INLINE B64 b_and(B64 x, uint8_t mask) {
  const __m256i m = _mm256_set1_epi8(char(mask));
  return {_mm256_and_si256(x.a, m), _mm256_and_si256(x.b, m)};
}
VT_INLINE B64 b_or(B64 x, B64 y) { return {_mm256_or_si256(x.a, y.a), _mm256_or_si256(x.b, y.b)}; }
VT_INLINE B64 b_add(B64 x, uint8_t y) {
  const __m256i m = _mm256_set1_epi8(char(y));
  return {_mm256_add_epi8(x.a, m), _mm256_add_epi8(x.b, m)};
}
/// Shifts 16-bit pairs; the caller masks what crosses a byte. Negative n: to the left.
template <int n>
VT_INLINE B64 b_shift_right(B64 x) {
  if constexpr (n > 0) return {_mm256_srli_epi16(x.a, n), _mm256_srli_epi16(x.b, n)};
  if constexpr (n < 0) return {_mm256_slli_epi16(x.a, -n), _mm256_slli_epi16(x.b, -n)};
  return x;
}
VT_INLINE B64 b_lookup(const uint8_t table[16], B64 index) {
  const __m256i t = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table)));
  return {_mm256_shuffle_epi8(t, index.a), _mm256_shuffle_epi8(t, index.b)};
}

/// Pairs of u8 x int8 products must stay below 2^15: 2 * 63 * 127 and 2 * 128 * 127 do.
VT_INLINE __m256i add_products(__m256i sum, __m256i u, __m256i s) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(u, s), _mm256_set1_epi16(1)));
}
VT_INLINE __m256i four_columns(const int8_t* x) {
  int32_t four;
  __builtin_memcpy(&four, x, 4);
  return _mm256_set1_epi32(four);
}
/// sum += four columns of u8 codes (below 64) times int8 x.
VT_INLINE I16 dot4(I16 sum, B64 w, const int8_t* x) {
  const __m256i four = four_columns(x);
  return {add_products(sum.a, w.a, four), add_products(sum.b, w.b, four)};
}
/// The same for codes whose zero is 128: magnitudes times x with the sign moved over; the sum begins at start_biased.
VT_INLINE I16 dot4_biased(I16 sum, B64 w, const int8_t* x) {
  const __m256i four = four_columns(x), flip = _mm256_set1_epi8(-128);
  const __m256i a = _mm256_xor_si256(w.a, flip), b = _mm256_xor_si256(w.b, flip);
  return {add_products(sum.a, _mm256_abs_epi8(a), _mm256_sign_epi8(four, a)),
          add_products(sum.b, _mm256_abs_epi8(b), _mm256_sign_epi8(four, b))};
}
VT_INLINE I16 start_biased(int32_t) { return i_zero(); }

/// Column 4 v + i of each row as floats, minus `zero`.
template <int i>
VT_INLINE F16 f_of_code(B64 w, int zero) {
  const __m256i mask = _mm256_set1_epi32(255), z = _mm256_set1_epi32(zero);
  const __m256i a = _mm256_and_si256(_mm256_srli_epi32(w.a, 8 * i), mask);
  const __m256i b = _mm256_and_si256(_mm256_srli_epi32(w.b, 8 * i), mask);
  return {_mm256_cvtepi32_ps(_mm256_sub_epi32(a, z)), _mm256_cvtepi32_ps(_mm256_sub_epi32(b, z))};
}

VT_INLINE int32_t lane_sum(__m256i x) {
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
  return _mm_cvtsi128_si32(s);
}
VT_INLINE uint32_t largest_bits(const float* x) {
  const __m256i mask = _mm256_set1_epi32(0x7fffffff);
  __m256i largest = _mm256_setzero_si256();
  for (int i = 0; i < 32; i += 8)
    largest =
        _mm256_max_epu32(largest, _mm256_and_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(x + i)), mask));
  __m128i m = _mm_max_epu32(_mm256_castsi256_si128(largest), _mm256_extracti128_si256(largest, 1));
  m = _mm_max_epu32(m, _mm_shuffle_epi32(m, 0x4e));
  m = _mm_max_epu32(m, _mm_shuffle_epi32(m, 0xb1));
  return uint32_t(_mm_cvtsi128_si32(m));
}
VT_INLINE void sixteen_codes(const float* x, __m256 inverse, int8_t* codes, int32_t* sum) {
  const __m256i a = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x), inverse));
  const __m256i b = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8), inverse));
  const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
  const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(codes), bytes);
  *sum = lane_sum(_mm256_add_epi32(a, b));
}
VT_INLINE void codes_of(const float* x, float inverse, int8_t* codes, int32_t* low, int32_t* high) {
  sixteen_codes(x, _mm256_set1_ps(inverse), codes, low);
  sixteen_codes(x + 16, _mm256_set1_ps(inverse), codes + 16, high);
}

VT_INLINE void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }

// Register blocking: tokens of one group in the integer tile; tokens and panels in the f32 product.
constexpr int kGroupTokens = 2, kGemmTokens = 6, kGemmPanels = 1;

}  // namespace
}  // namespace vitrine::cpu
