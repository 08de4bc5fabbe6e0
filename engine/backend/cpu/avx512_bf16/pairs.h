// SPDX-License-Identifier: Apache-2.0
// Rounding to bfloat16 with VCVTNE2PS2BF16 (to nearest, ties to even; subnormal floats become zero), and panels of
// weights as pairs of columns: [pair of columns][row][2].
#pragma once

#include <immintrin.h>

#include "engine/backend/cpu/avx512/vec16.h"
#include "engine/backend/cpu/bf16_kernels.h"

namespace vitrine::cpu {
namespace {

/// 32 floats in their order.
VT_INLINE __m512i rounded(F16 low, F16 high) { return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high.v, low.v)); }
VT_INLINE __m512i rounded_row(const float* x) { return rounded(f_load(x), f_load(x + 16)); }

VT_INLINE __m512i two_columns(PlainType type, const void* values, int64_t at) {
  const auto* halves = static_cast<const uint16_t*>(values) + at;
  if (type == PlainType::bf16) return _mm512_loadu_si512(halves);
  if (type == PlainType::f16) return rounded(f_of_half(halves), f_of_half(halves + 16));
  return rounded_row(static_cast<const float*>(values) + at);
}

template <PlainType type>
constexpr int64_t kTwoColumns = type == PlainType::f32 ? 128 : 64;  // bytes

/// Columns c and c + 1, row by row; fetches what comes later.
template <PlainType type>
VT_INLINE __m512i pairs_at(const void* values, int64_t c) {
  constexpr int64_t kAhead = 4096;
  const __m512i row_by_row = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22,
                                              6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  const char* ahead = static_cast<const char*>(values) + c / 2 * kTwoColumns<type> + kAhead;
  for (int line = 0; line < kTwoColumns<type>; line += 64) _mm_prefetch(ahead + line, _MM_HINT_T0);
  return _mm512_permutexvar_epi16(row_by_row, two_columns(type, values, c * 16));
}

template <PlainType type>
void panel_of(const void* values, int64_t columns, uint16_t* pairs) {
  for (int64_t c = 0; c < columns; c += 2, pairs += 32) _mm512_storeu_si512(pairs, pairs_at<type>(values, c));
}

/// Bf16Kernels::panel.
inline void panel(PlainType type, const void* values, int64_t columns, uint16_t* pairs) {
  switch (type) {
    case PlainType::f32:
      return panel_of<PlainType::f32>(values, columns, pairs);
    case PlainType::f16:
      return panel_of<PlainType::f16>(values, columns, pairs);
    case PlainType::bf16:
      return panel_of<PlainType::bf16>(values, columns, pairs);
  }
}

}  // namespace
}  // namespace vitrine::cpu
