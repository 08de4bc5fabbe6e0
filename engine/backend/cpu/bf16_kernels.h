// SPDX-License-Identifier: Apache-2.0
// Products of plain weights in bfloat16, for processors that do them faster than f32: x and w are rounded to bfloat16
// (nearest, ties to even), products and sums stay f32. Per output the order of the sums is the table's own, the same
// for one token and for many. Plain header: kernels include it.
#pragma once

#include <cstdint>

#include "engine/backend/cpu/matmul_kernels.h"

namespace vitrine::cpu {

/// Columns come in blocks of this many.
constexpr int64_t kBf16Columns = 32;
/// Fewer columns stay f32: rounding and turning both sides into form costs what the faster products save.
constexpr int64_t kBf16LeastColumns = 256;

constexpr bool bf16_fits(int64_t columns) { return columns >= kBf16LeastColumns && columns % kBf16Columns == 0; }

/// Where sums go: out[t * step + 0..15] of a panel, the next panel's 16 further.
struct Bf16Sums {
  float* out = nullptr;
  int64_t step = 0;
  bool more = false;            // begin with what out holds instead of 0
  const float* bias = nullptr;  // added at the end, or null
};

struct Bf16Kernels {
  /// Tokens in one tile of x (one token has a tile of its own width, 1). The values of columns c ... lie at c * width.
  int tile_tokens = 1;
  /// `valid` rows of x, x_step floats apart, to a tile of `width` tokens; the missing rows are zeros.
  void (*tokens)(const float* x, int64_t x_step, int valid, int64_t columns, int width, uint16_t* tile) = nullptr;
  /// Columns of one panel [columns][16] to pairs of columns [columns / 2][16][2].
  void (*panel)(PlainType type, const void* values, int64_t columns, uint16_t* pairs) = nullptr;
  /// The sums over the columns of x[t] w[p], t < tokens <= width, panels (1 or 2) `panel_step` values apart.
  void (*multiply)(const uint16_t* tile, int width, int tokens, const uint16_t* pairs, int64_t panel_step, int panels,
                   int64_t columns, const Bf16Sums& sums) = nullptr;
  /// One token straight from the stored values: out[16] = sum over the columns of x w, the bits of `multiply`.
  void (*row)(PlainType type, const void* values, int64_t columns, const uint16_t* x, float* out) = nullptr;
  /// Around calls of `multiply` with tiles of one width, on each thread: sets the thread's tile registers up and gives
  /// them back. Null where there are none.
  void (*enter)(int width) = nullptr;
  void (*leave)() = nullptr;
};

}  // namespace vitrine::cpu
