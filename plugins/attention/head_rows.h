// SPDX-License-Identifier: Apache-2.0
// Exact attention rows of one head, or of the mean over the heads of a layer: consecutive positions, each row over all
// keys up to itself, over all of them in an encoder and in cross-attention. A row never changes once its token has been read, so rows are only added.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "engine/run/command.h"

namespace vitrine {

/// Whose attention: head -1 is the mean over the heads.
struct AttentionSource {
  LaneId lane = 0;
  int layer = 0, head = 0;
  Inspect::Attention of = Inspect::Attention::self;
  bool operator==(const AttentionSource&) const = default;
};

/// Whether row `row` can look at `key`: causal, and within the sliding window when there is one (0: none).
constexpr bool can_look(int64_t row, int64_t key, int window) noexcept {
  return key >= 0 && key <= row && (window <= 0 || key > row - window);
}

class HeadRows {
 public:
  void start(const AttentionSource& source, int window);
  const AttentionSource& source() const noexcept { return source_; }
  int window() const noexcept { return window_; }

  /// values [rows, keys] of positions first, first + 1, ...; joins what is there when adjacent, else takes its place.
  void put(int64_t first, int64_t rows, int64_t keys, std::span<const float> values);
  /// Tokens from `length` on are others now.
  void truncate(int64_t length);
  void clear() { rows_.clear(); }

  bool empty() const noexcept { return rows_.empty(); }
  int64_t first() const noexcept { return first_; }
  int64_t end() const noexcept { return first_ + int64_t(rows_.size()); }
  bool covers(int64_t from, int64_t to) const noexcept { return !empty() && from >= first() && to <= end(); }
  /// Weights over keys 0..row, or over all keys where the attention is no causal one; empty when the row is not here.
  std::span<const float> row(int64_t row) const noexcept;

 private:
  AttentionSource source_;
  int window_ = 0;
  int64_t first_ = 0;
  std::deque<std::vector<float>> rows_;
};

/// Where a key stands to the row that looks at it. The first that fits counts, so that the classes are disjoint.
enum class KeyClass : uint8_t { sink, previous, self, induction, other, first, next, last };
inline constexpr int kKeyClasses = 8;
/// Those of attention that looks back, and of attention that looks both ways, in the order they are shown in.
std::span<const KeyClass> key_classes(bool causal) noexcept;

/// sink: the first token. previous: the token before. self. induction: a key that follows an earlier occurrence of the
/// row's own token (Olsson et al. 2022). `ids`: the tokens of the lane.
KeyClass classify(std::span<const int32_t> ids, int64_t row, int64_t key) noexcept;
/// Of a row that sees all `keys`: the first and the last token, where BERT has [CLS] and [SEP], and the neighbours (Clark et al. 2019).
KeyClass classify_both_ways(int64_t keys, int64_t row, int64_t key) noexcept;

struct HeadShares {
  double share[kKeyClasses] = {};  // sum to 1
  int64_t rows = 0;                // averaged over; 0: nothing known
};
/// Mean over the rows from `from` on. Each row is divided by its own sum: kept queries are stored as float16, so rows
/// sum to 1 only within that.
HeadShares shares_of(const HeadRows& rows, std::span<const int32_t> ids, int64_t from, bool causal = true);

struct KeyWeight {
  int64_t key = 0;
  float weight = 0;
};
/// The largest weights of a row, descending; ties: the earlier key first.
std::vector<KeyWeight> top_keys(std::span<const float> row, int count);

}  // namespace vitrine
