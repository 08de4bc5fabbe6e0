// SPDX-License-Identifier: Apache-2.0
#include "plugins/attention/head_rows.h"

#include <algorithm>
#include <numeric>

namespace vitrine {

void HeadRows::start(const AttentionSource& source, int window) {
  source_ = source;
  window_ = window;
  rows_.clear();
  first_ = 0;
}

void HeadRows::put(int64_t first, int64_t rows, int64_t keys, std::span<const float> values) {
  if (rows <= 0 || keys <= 0 || int64_t(values.size()) != rows * keys) return;
  std::deque<std::vector<float>> added;
  for (int64_t r = 0; r < rows; ++r) {
    const bool causal = source_.of == Inspect::Attention::self;
    const auto row = values.subspan(size_t(r * keys), size_t(causal ? std::min(keys, first + r + 1) : keys));
    added.emplace_back(row.begin(), row.end());
  }
  if (!empty() && first <= end() && first >= first_) {
    rows_.resize(size_t(first - first_));
    std::move(added.begin(), added.end(), std::back_inserter(rows_));
  } else {
    rows_ = std::move(added);
    first_ = first;
  }
}

void HeadRows::truncate(int64_t length) {
  if (length < end()) rows_.resize(size_t(std::max<int64_t>(0, length - first_)));
}

std::span<const float> HeadRows::row(int64_t row) const noexcept {
  if (!covers(row, row + 1)) return {};
  return rows_[size_t(row - first_)];
}

KeyClass classify(std::span<const int32_t> ids, int64_t row, int64_t key) noexcept {
  if (key == 0) return KeyClass::sink;
  if (key == row) return KeyClass::self;
  if (key == row - 1) return KeyClass::previous;
  const bool after_earlier = key < row && row < int64_t(ids.size()) && ids[size_t(key - 1)] == ids[size_t(row)];
  return after_earlier ? KeyClass::induction : KeyClass::other;
}

KeyClass classify_both_ways(int64_t keys, int64_t row, int64_t key) noexcept {
  if (key == row) return KeyClass::self;
  if (key == 0) return KeyClass::first;
  if (key == keys - 1) return KeyClass::last;
  if (key == row - 1) return KeyClass::previous;
  return key == row + 1 ? KeyClass::next : KeyClass::other;
}

std::span<const KeyClass> key_classes(bool causal) noexcept {
  static constexpr KeyClass kBack[] = {KeyClass::induction, KeyClass::sink, KeyClass::previous, KeyClass::self, KeyClass::other};
  static constexpr KeyClass kBothWays[] = {KeyClass::first, KeyClass::last, KeyClass::previous, KeyClass::next, KeyClass::self, KeyClass::other};
  return causal ? std::span<const KeyClass>(kBack) : std::span<const KeyClass>(kBothWays);
}

HeadShares shares_of(const HeadRows& rows, std::span<const int32_t> ids, int64_t from, bool causal) {
  HeadShares out;
  const int64_t end = std::min(rows.end(), int64_t(ids.size()));
  for (int64_t r = std::max(from, rows.first()); r < end; ++r) {
    const std::span<const float> row = rows.row(r);
    double sum[kKeyClasses] = {};
    const int64_t keys = int64_t(row.size());
    for (int64_t k = 0; k < keys; ++k) sum[int(causal ? classify(ids, r, k) : classify_both_ways(keys, r, k))] += double(row[size_t(k)]);
    const double total = std::accumulate(std::begin(sum), std::end(sum), 0.0);
    if (total <= 0) continue;
    for (int c = 0; c < kKeyClasses; ++c) out.share[c] += sum[c] / total;
    ++out.rows;
  }
  for (double& share : out.share) share /= double(std::max<int64_t>(1, out.rows));
  return out;
}

std::vector<KeyWeight> top_keys(std::span<const float> row, int count) {
  std::vector<KeyWeight> all;
  all.reserve(row.size());
  for (size_t k = 0; k < row.size(); ++k) all.push_back({int64_t(k), row[k]});
  const size_t kept = std::min(all.size(), size_t(std::max(0, count)));
  std::partial_sort(all.begin(), all.begin() + ptrdiff_t(kept), all.end(), [](const KeyWeight& a, const KeyWeight& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.key < b.key;
  });
  all.resize(kept);
  return all;
}

}  // namespace vitrine
