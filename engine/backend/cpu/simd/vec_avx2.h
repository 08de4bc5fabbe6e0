// SPDX-License-Identifier: Apache-2.0
// Sixteen float lanes in two AVX2 registers; see vec_scalar.h for the meaning of each function.
#pragma once

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

namespace vitrine::cpu {
namespace {

constexpr int kTileWide = 2, kTileNarrow = 1;  // 2 rows x 2 or 6 x 1 groups: at most 12 of 16 registers

struct Vec {
  __m256 lo, hi;
};

inline Vec vset(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
inline Vec vload(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline void vstore(float* p, Vec x) {
  _mm256_storeu_ps(p, x.lo);
  _mm256_storeu_ps(p + 8, x.hi);
}
inline Vec vload_n(const float* p, int n) {
  alignas(32) float buffer[16] = {};
  memcpy(buffer, p, size_t(n) * 4);
  return vload(buffer);
}
inline void vstore_n(float* p, Vec x, int n) {
  alignas(32) float buffer[16];
  vstore(buffer, x);
  memcpy(p, buffer, size_t(n) * 4);
}
inline Vec vadd(Vec a, Vec b) { return {_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)}; }
inline Vec vsub(Vec a, Vec b) { return {_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)}; }
inline Vec vmul(Vec a, Vec b) { return {_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)}; }
inline Vec vdiv(Vec a, Vec b) { return {_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)}; }
inline Vec vfma(Vec a, Vec b, Vec c) { return {_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)}; }
inline Vec vsqrt(Vec a) { return {_mm256_sqrt_ps(a.lo), _mm256_sqrt_ps(a.hi)}; }
inline Vec vmax(Vec a, Vec b) { return {_mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi)}; }
inline Vec vmin(Vec a, Vec b) { return {_mm256_min_ps(a.lo, b.lo), _mm256_min_ps(a.hi, b.hi)}; }
inline Vec vabs(Vec a) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_andnot_ps(sign, a.lo), _mm256_andnot_ps(sign, a.hi)};
}
inline Vec vcopysign(Vec a, Vec s) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_or_ps(_mm256_andnot_ps(sign, a.lo), _mm256_and_ps(sign, s.lo)),
          _mm256_or_ps(_mm256_andnot_ps(sign, a.hi), _mm256_and_ps(sign, s.hi))};
}
inline Vec vselect_lt(Vec a, Vec b, Vec x, Vec y) {
  return {_mm256_blendv_ps(y.lo, x.lo, _mm256_cmp_ps(a.lo, b.lo, _CMP_LT_OQ)),
          _mm256_blendv_ps(y.hi, x.hi, _mm256_cmp_ps(a.hi, b.hi, _CMP_LT_OQ))};
}
inline __m256 lanes_of(uint32_t mask) {
  const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  return _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(int(mask)), bit), bit));
}
inline Vec vselect(uint32_t mask, Vec x, Vec y) {
  return {_mm256_blendv_ps(y.lo, x.lo, lanes_of(mask)), _mm256_blendv_ps(y.hi, x.hi, lanes_of(mask >> 8))};
}
inline uint32_t vmask_gt(Vec a, Vec b) {
  return uint32_t(_mm256_movemask_ps(_mm256_cmp_ps(a.lo, b.lo, _CMP_GT_OQ))) |
         uint32_t(_mm256_movemask_ps(_mm256_cmp_ps(a.hi, b.hi, _CMP_GT_OQ))) << 8;
}
inline uint32_t vmask_ge(Vec a, Vec b) {
  return uint32_t(_mm256_movemask_ps(_mm256_cmp_ps(a.lo, b.lo, _CMP_GE_OQ))) |
         uint32_t(_mm256_movemask_ps(_mm256_cmp_ps(a.hi, b.hi, _CMP_GE_OQ))) << 8;
}
inline int vcompress(float* out, int32_t* ids, uint32_t mask, Vec x, int32_t first_id) {
  alignas(32) float lane[16];
  vstore(lane, x);
  int n = 0;
  for (; mask; mask &= mask - 1, ++n) {
    const int i = __builtin_ctz(mask);
    out[n] = lane[i];
    ids[n] = first_id + i;
  }
  return n;
}
inline __m256 scale_pow2(__m256 p, __m256 t) {
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), _mm256_slli_epi32(_mm256_castps_si256(t), 23)));
}
inline Vec vscale_pow2(Vec p, Vec t) { return {scale_pow2(p.lo, t.lo), scale_pow2(p.hi, t.hi)}; }
inline __m256 round_bf16(__m256 a) {
  const __m256i bits = _mm256_castps_si256(a), odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i up = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
  return _mm256_castsi256_ps(_mm256_and_si256(up, _mm256_set1_epi32(int(0xffff0000u))));
}
inline Vec vround_bf16(Vec a) { return {round_bf16(a.lo), round_bf16(a.hi)}; }
inline float vfirst(Vec a) { return _mm256_cvtss_f32(a.lo); }
inline float vsum(Vec a) {
  const __m256 b = _mm256_add_ps(a.lo, a.hi);
  __m128 c = _mm_add_ps(_mm256_castps256_ps128(b), _mm256_extractf128_ps(b, 1));
  c = _mm_add_ps(c, _mm_movehl_ps(c, c));
  return _mm_cvtss_f32(_mm_add_ss(c, _mm_movehdup_ps(c)));
}
inline float vhmax(Vec a) {
  const __m256 b = _mm256_max_ps(a.lo, a.hi);
  __m128 c = _mm_max_ps(_mm256_castps256_ps128(b), _mm256_extractf128_ps(b, 1));
  c = _mm_max_ps(c, _mm_movehl_ps(c, c));
  return _mm_cvtss_f32(_mm_max_ss(c, _mm_movehdup_ps(c)));
}
inline float vhmin(Vec a) {
  const __m256 b = _mm256_min_ps(a.lo, a.hi);
  __m128 c = _mm_min_ps(_mm256_castps256_ps128(b), _mm256_extractf128_ps(b, 1));
  c = _mm_min_ps(c, _mm_movehl_ps(c, c));
  return _mm_cvtss_f32(_mm_min_ss(c, _mm_movehdup_ps(c)));
}
inline Vec vload_half(const uint16_t* p) {
  return {_mm256_cvtph_ps(_mm_loadu_si128((const __m128i*)p)),
          _mm256_cvtph_ps(_mm_loadu_si128((const __m128i*)(p + 8)))};
}
inline Vec vload_half_n(const uint16_t* p, int n) {
  alignas(32) uint16_t buffer[16] = {};
  memcpy(buffer, p, size_t(n) * 2);
  return vload_half(buffer);
}
inline void vstore_half(uint16_t* p, Vec x) {
  _mm_storeu_si128((__m128i*)p, _mm256_cvtps_ph(x.lo, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  _mm_storeu_si128((__m128i*)(p + 8), _mm256_cvtps_ph(x.hi, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
inline void vstore_half_n(uint16_t* p, Vec x, int n) {
  alignas(32) uint16_t buffer[16];
  vstore_half(buffer, x);
  memcpy(p, buffer, size_t(n) * 2);
}

using Reg = __m256;
constexpr int kRegLanes = 8;
inline Reg rset(float x) { return _mm256_set1_ps(x); }
inline Reg rload(const float* p) { return _mm256_loadu_ps(p); }
inline Reg rload_half(const uint16_t* p) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i*)p)); }
inline void rstore(float* p, Reg x) { _mm256_storeu_ps(p, x); }
inline Reg rmul(Reg a, Reg b) { return _mm256_mul_ps(a, b); }
inline Reg rfma(Reg a, Reg b, Reg c) { return _mm256_fmadd_ps(a, b, c); }

}  // namespace
}  // namespace vitrine::cpu
