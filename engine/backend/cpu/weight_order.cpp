// SPDX-License-Identifier: Apache-2.0
#include "engine/backend/cpu/weight_order.h"

#include <utility>

namespace vitrine::cpu {

size_t WeightOrder::find(const void* key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? kNone : found->second;
}

size_t WeightOrder::remember(const void* key, Parts reads) {
  if (products_.size() >= kMost) {  // models have come and gone
    products_.clear();
    by_key_.clear();
    last_ = kNone;
  }
  Product product{key, std::move(reads)};
  products_.push_back(std::move(product));
  return by_key_[key] = products_.size() - 1;
}

const WeightOrder::Parts& WeightOrder::look_ahead(size_t at) {
  Parts ahead(products_[at].reads.size());
  for (size_t part = 0; part < ahead.size(); ++part) {
    size_t stretch = 0;
    int64_t bytes = 0;
    size_t next = products_[at].next;
    for (size_t i = 0; i < ThreadPool::kStretches && next != kNone && bytes < budget_; ++i, next = products_[next].next)
      for (const ReadAhead& read : products_[next].reads[part]) {
        if (read.bytes == 0 || stretch == ahead[part].size()) continue;
        ahead[part][stretch++] = read;
        bytes += read.bytes;
      }
  }
  products_[at].ahead = std::move(ahead);
  products_[at].links = links_;
  return products_[at].ahead;
}

}  // namespace vitrine::cpu
