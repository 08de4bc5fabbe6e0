// SPDX-License-Identifier: Apache-2.0
// Sixteen floats, sixteen ints and sixty-four bytes as AVX-512 registers, for matmul_body.inc.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace vitrine::cpu {
namespace {

struct F16 {
  __m512 v;
};
struct I16 {
  __m512i v;
};
struct B64 {
  __m512i v;
};

#define VT_INLINE [[gnu::always_inline]] inline

VT_INLINE F16 f_set1(float a) { return {_mm512_set1_ps(a)}; }
VT_INLINE F16 f_load(const float* p) { return {_mm512_loadu_ps(p)}; }
VT_INLINE void f_store(float* p, F16 a) { _mm512_storeu_ps(p, a.v); }
VT_INLINE F16 f_mul(F16 a, F16 b) { return {_mm512_mul_ps(a.v, b.v)}; }
VT_INLINE F16 f_add(F16 a, F16 b) { return {_mm512_add_ps(a.v, b.v)}; }
VT_INLINE F16 f_fma(F16 a, F16 b, F16 c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
VT_INLINE F16 f_negate(F16 a) { return {_mm512_xor_ps(a.v, _mm512_set1_ps(-0.0f))}; }
VT_INLINE F16 f_of_i(I16 a) { return {_mm512_cvtepi32_ps(a.v)}; }
VT_INLINE F16 f_of_half(const void* p) { return {_mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(p)))}; }
VT_INLINE F16 f_of_bf16(const void* p) {
  return {_mm512_castsi512_ps(
      _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(static_cast<const __m256i*>(p))), 16))};
}

VT_INLINE I16 i_zero() { return {_mm512_setzero_si512()}; }
VT_INLINE I16 i_set1(int32_t a) { return {_mm512_set1_epi32(a)}; }
VT_INLINE I16 i_of_u8(const uint8_t* p) {
  return {_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
}
VT_INLINE I16 i_of_i8(const uint8_t* p) {
  return {_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
}
VT_INLINE I16 i_add(I16 a, I16 b) { return {_mm512_add_epi32(a.v, b.v)}; }
VT_INLINE I16 i_and(I16 a, int32_t mask) { return {_mm512_and_si512(a.v, _mm512_set1_epi32(mask))}; }
VT_INLINE I16 i_shift_right(I16 a, int n) { return {_mm512_srli_epi32(a.v, unsigned(n))}; }
/// 2^(e - 128), the subnormals too.
VT_INLINE F16 f_of_exponent(const uint8_t* p) {
  const __m512i e = i_of_u8(p).v, one = _mm512_set1_epi32(1);
  const __m512i normal = _mm512_slli_epi32(_mm512_sub_epi32(e, one), 23);
  const __m512i small = _mm512_sllv_epi32(_mm512_set1_epi32(0x00200000), e);
  return {_mm512_castsi512_ps(_mm512_mask_blend_epi32(_mm512_cmple_epi32_mask(e, one), normal, small))};
}

VT_INLINE B64 b_load(const uint8_t* p) { return {_mm512_loadu_si512(p)}; }
VT_INLINE void b_store(uint8_t* p, B64 a) { _mm512_storeu_si512(p, a.v); }
VT_INLINE B64 b_and(B64 a, uint8_t mask) { return {_mm512_and_si512(a.v, _mm512_set1_epi8(char(mask)))}; }
VT_INLINE B64 b_or(B64 a, B64 b) { return {_mm512_or_si512(a.v, b.v)}; }
VT_INLINE B64 b_add(B64 a, uint8_t b) { return {_mm512_add_epi8(a.v, _mm512_set1_epi8(char(b)))}; }
/// Shifts 16-bit pairs; the caller masks what crosses a byte. Negative n: to the left.
template <int n>
VT_INLINE B64 b_shift_right(B64 a) {
  if constexpr (n > 0) return {_mm512_srli_epi16(a.v, n)};
  if constexpr (n < 0) return {_mm512_slli_epi16(a.v, -n)};
  return a;
}
VT_INLINE B64 b_lookup(const uint8_t table[16], B64 index) {
  const __m128i t = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
  return {_mm512_shuffle_epi8(_mm512_broadcast_i32x4(t), index.v)};
}

/// sum += four columns of u8 codes (below 64) times int8 x.
VT_INLINE I16 dot4(I16 sum, B64 w, const int8_t* x) {
#if defined(__clang__)
  int32_t four;
  __builtin_memcpy(&four, x, 4);
  return {_mm512_dpbusd_epi32(sum.v, w.v, _mm512_set1_epi32(four))};
#else  // g++ 12 does not fold the broadcast into the instruction
  typedef int32_t Four __attribute__((may_alias));
  asm("vpdpbusd %2%{1to16%}, %1, %0" : "+v"(sum.v) : "v"(w.v), "m"(*reinterpret_cast<const Four*>(x)));
  return sum;
#endif
}
/// The same for codes whose zero is 128, when the sum was begun with start_biased(-128 sum of x).
VT_INLINE I16 dot4_biased(I16 sum, B64 w, const int8_t* x) { return dot4(sum, w, x); }
VT_INLINE I16 start_biased(int32_t minus_128_sums) { return {_mm512_set1_epi32(minus_128_sums)}; }

/// Byte v of the 64 bytes as floats: code of column 4 v + i of each row, minus `zero`.
template <int i>
VT_INLINE F16 f_of_code(B64 w, int zero) {
  const __m512i code = _mm512_and_si512(_mm512_srli_epi32(w.v, 8 * i), _mm512_set1_epi32(255));
  return {_mm512_cvtepi32_ps(_mm512_sub_epi32(code, _mm512_set1_epi32(zero)))};
}

VT_INLINE uint32_t largest_bits(const float* x) {
  const __m512i mask = _mm512_set1_epi32(0x7fffffff);
  const __m512i a = _mm512_and_si512(_mm512_loadu_si512(x), mask),
                b = _mm512_and_si512(_mm512_loadu_si512(x + 16), mask);
  return uint32_t(_mm512_reduce_max_epu32(_mm512_max_epu32(a, b)));
}
VT_INLINE void codes_of(const float* x, float inverse, int8_t* codes, int32_t* low, int32_t* high) {
  const __m512 r = _mm512_set1_ps(inverse);
  const __m512i a = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x), r));
  const __m512i b = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + 16), r));
  const __m256i bytes = _mm256_set_m128i(_mm512_cvtepi32_epi8(b), _mm512_cvtepi32_epi8(a));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(codes), bytes);
  // sums of four codes each, the low half's in the low lane
  __m256i sums = _mm256_dpbusd_epi32(_mm256_setzero_si256(), _mm256_set1_epi8(1), bytes);
  sums = _mm256_add_epi32(sums, _mm256_shuffle_epi32(sums, 0x4e));
  sums = _mm256_add_epi32(sums, _mm256_shuffle_epi32(sums, 0xb1));
  *low = _mm256_cvtsi256_si32(sums);
  *high = _mm_cvtsi128_si32(_mm256_extracti128_si256(sums, 1));
}

VT_INLINE void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }

// Register blocking: tokens of one group in the integer tile; tokens and panels in the f32 product.
constexpr int kGroupTokens = 16, kGemmTokens = 12, kGemmPanels = 2;

}  // namespace
}  // namespace vitrine::cpu
