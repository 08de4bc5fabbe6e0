// SPDX-License-Identifier: Apache-2.0
// Splitting row work over the pool only where it pays for the fork-join (1-2 microseconds).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "engine/core/thread_pool.h"

namespace vitrine::cpu {

/// About the floats one core streams through in twice a fork-join's time.
constexpr int64_t kWorthSplitting = 32768;

/// task(from, to) over [0, count); `cost`: floats touched, weighted by the work on each.
template <class Task>
void split_work(ThreadPool& pool, int64_t count, int64_t cost, Task&& task) {
  if (count <= 1 || cost < kWorthSplitting || pool.size() == 1) {
    if (count > 0) task(int64_t(0), count);
    return;
  }
  pool.split(count, [&](int64_t from, int64_t to, int) { task(from, to); });
}

/// task(i, worker) for every i in [0, count), handed out one at a time: for pieces of unequal size.
template <class Task>
void share_work(ThreadPool& pool, int64_t count, int64_t cost, Task&& task) {
  if (count <= 1 || cost < kWorthSplitting || pool.size() == 1) {
    for (int64_t i = 0; i < count; ++i) task(i, 0);
    return;
  }
  std::atomic<int64_t> next{0};
  pool.run([&](int worker) {
    for (int64_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) task(i, worker);
  });
}

}  // namespace vitrine::cpu
