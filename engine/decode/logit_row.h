// SPDX-License-Identifier: Apache-2.0
// One row of logits, looked at once: checked, with the maximum of each block, so that the largest of 262,144 values are
// found by reading a few blocks and never by sorting the row.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine {

/// Indices of the n largest values, largest first, the lower index first among equals; -inf is left out.
/// `block_max` is what scan_row wrote for `values`. Cost: one look at the maxima and at the blocks that can matter.
std::vector<int32_t> largest_indices(std::span<const float> values, std::span<const float> block_max, int64_t n);

/// Borrows the logits, which must outlive it.
class LogitRow {
 public:
  /// Throws Error input if the row is empty, holds a NaN or +inf (named by its id), or nothing but -inf.
  explicit LogitRow(std::span<const float> logits);

  std::span<const float> logits() const noexcept { return logits_; }
  std::span<const float> block_max() const noexcept { return block_max_; }
  float largest() const noexcept { return largest_; }
  int64_t finite() const noexcept { return finite_; }  // entries that are not -inf

 private:
  std::span<const float> logits_;
  std::vector<float> block_max_;
  float largest_ = 0;
  int64_t finite_ = 0;
};

}  // namespace vitrine
