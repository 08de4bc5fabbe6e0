// SPDX-License-Identifier: Apache-2.0
// Checking a row of logits and finding its largest values.
#include "engine/decode/logit_row.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/decode/row_passes.h"

namespace vitrine {

/// Sorts like (value descending, index ascending): the float's bits made monotone in the upper half, the index below.
static uint64_t rank_key(float value, int64_t index) noexcept {
  const uint32_t bits = std::bit_cast<uint32_t>(value + 0.0f);  // -0 and +0 are equal
  const uint32_t ascending = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  return uint64_t(~ascending) << 32 | uint32_t(index);
}

std::vector<int32_t> largest_indices(std::span<const float> values, std::span<const float> block_max, int64_t n) {
  constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();
  n = std::min(n, int64_t(values.size()));
  if (n <= 0) return {};
  // n blocks have a maximum of at least the n-th largest maximum, so the n largest values are not below it.
  float threshold = kMinusInfinity;
  if (n <= int64_t(block_max.size())) {
    std::vector<float> maxima(block_max.begin(), block_max.end());
    std::nth_element(maxima.begin(), maxima.begin() + (n - 1), maxima.end(), std::greater<>());
    threshold = maxima[size_t(n - 1)];
  }
  std::vector<uint64_t> keys;
  for (size_t b = 0; b < block_max.size(); ++b) {
    if (!(block_max[b] >= threshold) || block_max[b] == kMinusInfinity) continue;
    const int64_t end = std::min(int64_t(values.size()), int64_t(b + 1) * kRowBlock);
    for (int64_t i = int64_t(b) * kRowBlock; i < end; ++i)
      if (values[size_t(i)] >= threshold && values[size_t(i)] > kMinusInfinity)
        keys.push_back(rank_key(values[size_t(i)], i));
  }
  if (int64_t(keys.size()) > n) {
    std::nth_element(keys.begin(), keys.begin() + n, keys.end());
    keys.resize(size_t(n));
  }
  std::sort(keys.begin(), keys.end());
  std::vector<int32_t> indices(keys.size());
  std::transform(keys.begin(), keys.end(), indices.begin(), [](uint64_t key) { return int32_t(uint32_t(key)); });
  return indices;
}

LogitRow::LogitRow(std::span<const float> logits)
    : logits_(logits), block_max_(size_t(row_blocks(int64_t(logits.size())))) {
  if (logits.empty() || logits.size() > size_t(std::numeric_limits<int32_t>::max()))
    throw Error(ErrorKind::input, cat("a row of ", logits.size(), " logits cannot be sampled from"), "", "sampler");
  const RowScan scan = scan_row(logits, block_max_);
  if (scan.has_nan) {
    const auto at = std::find_if(logits.begin(), logits.end(), [](float x) { return std::isnan(x); });
    throw Error(ErrorKind::input, cat("the logit of token ", at - logits.begin(), " is not a number"),
                "the weights or an edit produced NaN: remove the edit or check the model file", "sampler");
  }
  largest_ = scan.largest;
  if (largest_ == std::numeric_limits<float>::infinity()) {
    const auto at = std::max_element(logits.begin(), logits.end());
    throw Error(ErrorKind::input, cat("the logit of token ", at - logits.begin(), " is infinite"),
                "an edit or the weights overflowed: use a smaller scale", "sampler");
  }
  if (largest_ == -std::numeric_limits<float>::infinity())
    throw Error(ErrorKind::input, cat("all ", logits.size(), " logits are -inf"), "an edit removed every token",
                "sampler");
  finite_ = scan.smallest > -std::numeric_limits<float>::infinity()
                ? int64_t(logits.size())
                : count_above(logits, -std::numeric_limits<float>::infinity());
}

}  // namespace vitrine
