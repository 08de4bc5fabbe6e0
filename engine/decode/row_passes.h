// SPDX-License-Identifier: Apache-2.0
// The few passes over a whole row of logits that every generated token pays for: block maxima, softmax sums, rank.
// Sums run in 16 fixed lanes, so every instruction set gives the same bits.
#pragma once

#include <cstdint>
#include <span>

namespace vitrine {

inline constexpr int64_t kRowBlock = 64;  // logits under one maximum

inline constexpr int64_t row_blocks(int64_t n) noexcept { return (n + kRowBlock - 1) / kRowBlock; }

struct RowScan {
  float largest = 0, smallest = 0;  // NaN is skipped
  bool has_nan = false;
};
/// Writes the maximum of each 64 values to block_max [row_blocks(n)].
RowScan scan_row(std::span<const float> row, std::span<float> block_max) noexcept;

struct SoftmaxSums {
  double sum = 0;       // sum of e^(x - largest), differences below -87 counted as -87
  double weighted = 0;  // sum of e^(x - largest) (x - largest)
};
/// -inf entries add nothing that shows (e^-87 each).
SoftmaxSums softmax_sums(std::span<const float> row, float largest) noexcept;

/// How many values are greater than `threshold`.
int64_t count_above(std::span<const float> row, float threshold) noexcept;

}  // namespace vitrine
