// SPDX-License-Identifier: Apache-2.0
// The order in which the products of a decoding step read their weights, learned as they run: a step reads the same
// weights in the same order every time, so a worker that waits can begin with the next ones.
#pragma once

#include <array>
#include <cstddef>
#include <unordered_map>
#include <vector>

#include "engine/core/thread_pool.h"

namespace vitrine::cpu {

class WeightOrder {
 public:
  /// What each part of the pool reads first.
  using Parts = std::vector<std::array<ReadAhead, ThreadPool::kStretches>>;

  /// `budget`: bytes worth knowing ahead for each part.
  explicit WeightOrder(int64_t budget) : budget_(budget) {}

  /// A product whose first weight lies at `key` begins; `parts()` is asked for what it reads when it is a new one.
  /// What the products read that came after it last time, as far as the budget goes; empty when that is not known.
  template <class MakeParts>
  const Parts& follow(const void* key, MakeParts&& parts) {
    size_t at = last_ != kNone ? products_[last_].next : kNone;
    if (at == kNone || products_[at].key != key) at = find(key);
    if (at == kNone) at = remember(key, parts());
    link(at);
    return products_[at].links == links_ ? products_[at].ahead : look_ahead(at);
  }

 private:
  static constexpr size_t kNone = size_t(-1), kMost = 1 << 16;
  struct Product {
    const void* key = nullptr;
    Parts reads, ahead = {};
    uint64_t links = 0;  // the count of changes that `ahead` was made after
    size_t next = kNone;
  };

  size_t find(const void* key) const;
  size_t remember(const void* key, Parts reads);
  const Parts& look_ahead(size_t at);
  void link(size_t at) {
    if (last_ != kNone && products_[last_].next != at) {
      products_[last_].next = at;
      ++links_;
    }
    last_ = at;
  }

  std::vector<Product> products_;
  std::unordered_map<const void*, size_t> by_key_;
  const int64_t budget_;
  size_t last_ = kNone;
  uint64_t links_ = 1;
};

}  // namespace vitrine::cpu
