// SPDX-License-Identifier: Apache-2.0
// Products of plain weights with VDPBF16PS: a pair of columns at once, sum = fma(second column) then fma(first).
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, VDPBF16PS.
#include <immintrin.h>

#include "engine/backend/cpu/avx512_bf16/pairs.h"

namespace vitrine::cpu::avx512_bf16 {
namespace {

constexpr int kTokens = 12;

// ---- x: [pair of columns][token][2]

template <int lane>
VT_INLINE void store_lane(uint16_t* out, __m512i four) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm512_extracti32x4_epi32(four, lane));
}

/// Four rows of sixteen pairs, turned; `step` is from pair to pair.
VT_INLINE void store_turned(const __m512i rows[4], uint16_t* out, int64_t step) {
  const __m512i low_a = _mm512_unpacklo_epi32(rows[0], rows[1]), high_a = _mm512_unpackhi_epi32(rows[0], rows[1]);
  const __m512i low_b = _mm512_unpacklo_epi32(rows[2], rows[3]), high_b = _mm512_unpackhi_epi32(rows[2], rows[3]);
  const __m512i turned[4] = {_mm512_unpacklo_epi64(low_a, low_b), _mm512_unpackhi_epi64(low_a, low_b),
                             _mm512_unpacklo_epi64(high_a, high_b), _mm512_unpackhi_epi64(high_a, high_b)};
  for (int i = 0; i < 4; ++i) {  // lane l of turned[i] is pair 4 l + i
    store_lane<0>(out + i * step, turned[i]);
    store_lane<1>(out + (4 + i) * step, turned[i]);
    store_lane<2>(out + (8 + i) * step, turned[i]);
    store_lane<3>(out + (12 + i) * step, turned[i]);
  }
}

void tokens(const float* x, int64_t x_step, int valid, int64_t columns, int width, uint16_t* tile) {
  for (int64_t c = 0; c < columns; c += kBf16Columns, tile += kBf16Columns * width) {
    if (width == 1) {
      _mm512_storeu_si512(tile, rounded_row(x + c));
      continue;
    }
    for (int t = 0; t < width; t += 4) {
      __m512i rows[4];
      for (int i = 0; i < 4; ++i)
        rows[i] = t + i < valid ? rounded_row(x + (t + i) * x_step + c) : _mm512_setzero_si512();
      store_turned(rows, tile + 2 * t, 2 * width);
    }
  }
}

// ---- products

VT_INLINE __m512bh pair_everywhere(const uint16_t* p) {
  int32_t pair;
  __builtin_memcpy(&pair, p, 4);
  return reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair));
}

template <int width, int tokens, int panels>
void block(const uint16_t* x, const uint16_t* w, int64_t panel_step, int64_t columns, const Bf16Sums& to, int first) {
  float* out = to.out + first * to.step;
  __m512 sums[panels][tokens];
  for (int p = 0; p < panels; ++p)
    for (int t = 0; t < tokens; ++t)
      sums[p][t] = to.more ? _mm512_loadu_ps(out + t * to.step + 16 * p) : _mm512_setzero_ps();
  x += 2 * first;
  for (int64_t c = 0; c < columns; c += 2, x += 2 * width, w += 32) {
    __m512bh pairs[panels];
    for (int p = 0; p < panels; ++p) pairs[p] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(w + p * panel_step));
#pragma GCC unroll 12
    for (int t = 0; t < tokens; ++t) {
      const __m512bh value = pair_everywhere(x + 2 * t);
      for (int p = 0; p < panels; ++p) sums[p][t] = _mm512_dpbf16_ps(sums[p][t], pairs[p], value);
    }
  }
  for (int p = 0; p < panels; ++p)
    for (int t = 0; t < tokens; ++t) {
      if (to.bias) sums[p][t] = _mm512_add_ps(sums[p][t], _mm512_loadu_ps(to.bias + 16 * p));
      _mm512_storeu_ps(out + t * to.step + 16 * p, sums[p][t]);
    }
}

template <int panels>
void blocks(const uint16_t* x, int width, int tokens, const uint16_t* w, int64_t panel_step, int64_t columns,
            const Bf16Sums& to) {
  if (width == 1) return block<1, 1, panels>(x, w, panel_step, columns, to, 0);
  for (int t = 0; t < tokens;) {
    const int left = tokens - t;
    if (left >= 12)
      block<kTokens, 12, panels>(x, w, panel_step, columns, to, t), t += 12;
    else if (left >= 8)
      block<kTokens, 8, panels>(x, w, panel_step, columns, to, t), t += 8;
    else if (left >= 4)
      block<kTokens, 4, panels>(x, w, panel_step, columns, to, t), t += 4;
    else if (left >= 2)
      block<kTokens, 2, panels>(x, w, panel_step, columns, to, t), t += 2;
    else
      block<kTokens, 1, panels>(x, w, panel_step, columns, to, t), t += 1;
  }
}

void multiply(const uint16_t* tile, int width, int tokens, const uint16_t* pairs, int64_t panel_step, int panels,
              int64_t columns, const Bf16Sums& sums) {
  if (panels == 2) return blocks<2>(tile, width, tokens, pairs, panel_step, columns, sums);
  blocks<1>(tile, width, tokens, pairs, panel_step, columns, sums);
}

template <PlainType type>
void row_of(const void* values, int64_t columns, const uint16_t* x, float* out) {
  __m512 sum = _mm512_setzero_ps();
  for (int64_t c = 0; c < columns; c += 2)
    sum = _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(pairs_at<type>(values, c)), pair_everywhere(x + c));
  _mm512_storeu_ps(out, sum);
}

void row(PlainType type, const void* values, int64_t columns, const uint16_t* x, float* out) {
  switch (type) {
    case PlainType::f32:
      return row_of<PlainType::f32>(values, columns, x, out);
    case PlainType::f16:
      return row_of<PlainType::f16>(values, columns, x, out);
    case PlainType::bf16:
      return row_of<PlainType::bf16>(values, columns, x, out);
  }
}

}  // namespace

const Bf16Kernels& bf16_kernels() {
  static constexpr Bf16Kernels kTable{kTokens, tokens, panel, multiply, row};
  return kTable;
}

}  // namespace vitrine::cpu::avx512_bf16
