// SPDX-License-Identifier: Apache-2.0
// Keeps a template from running forever, filling memory or overflowing the stack. The budget belongs to the thread, so
// that comparison, formatting and destruction deep inside values can charge it without carrying a context around.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/api.h"

namespace vitrine::jinja {

struct VT_API Limits {
  int64_t steps = 12'000'000;         ///< evaluated nodes, loop turns and copied elements; 64 copied bytes are one
  int64_t live_bytes = 256ll << 20;   ///< strings and containers held at the same time
  int64_t output_bytes = 64ll << 20;  ///< length of one produced text
  int64_t range_items = 100'000;      ///< as jinja2's sandbox: MAX_RANGE
  int calls = 200;                    ///< depth of macro, recursive-loop and block calls
  int nesting = 200;                  ///< depth of brackets and blocks in the source; of values in JSON and repr
  size_t stack_bytes = 3ull << 20;    ///< of the thread's stack, at most half of what is left of it
};

struct Budget {
  int64_t steps_left = INT64_MAX;
  int64_t live_bytes = 0;
  int64_t live_limit = INT64_MAX;
  int64_t output_limit = INT64_MAX;
  int64_t range_limit = 100'000;
  uintptr_t stack_floor = 0;
  int depth_limit = 200;
};

inline thread_local constinit Budget budget;

[[noreturn]] void out_of_steps();
[[noreturn]] void out_of_memory();
[[noreturn]] void out_of_stack();

inline void spend(int64_t steps) {
  if ((budget.steps_left -= steps) < 0) [[unlikely]]
    out_of_steps();
}
inline void spend_bytes(size_t bytes) { spend(static_cast<int64_t>(bytes >> 6)); }
inline void check_stack() {
  if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < budget.stack_floor) [[unlikely]]
    out_of_stack();
}

/// Bytes of one heap object, given back when it goes.
class Charge {
 public:
  explicit Charge(size_t bytes) : bytes_(static_cast<int64_t>(bytes)) {
    if (budget.live_bytes + bytes_ > budget.live_limit) [[unlikely]]
      out_of_memory();
    budget.live_bytes += bytes_;
  }
  ~Charge() { budget.live_bytes -= bytes_; }
  Charge(const Charge&) = delete;
  Charge& operator=(const Charge&) = delete;
  /// Charges more for an object that grew.
  void grow(size_t bytes);

 private:
  int64_t bytes_;
};

/// Sets the thread's budget for one rendering and restores the outer one.
class BudgetScope {
 public:
  explicit BudgetScope(const Limits& limits);
  ~BudgetScope();
  BudgetScope(const BudgetScope&) = delete;
  BudgetScope& operator=(const BudgetScope&) = delete;

 private:
  Budget outer_;
};

/// Counts nested C++ calls over values (repr, ==, JSON); throws RecursionError when they get too deep.
class Depth {
 public:
  explicit Depth(int& counter) : counter_(counter) {
    check_stack();
    if (++counter_ > 3 * budget.depth_limit) [[unlikely]] {
      --counter_;
      out_of_stack();
    }
  }
  ~Depth() { --counter_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  int& counter_;
};

}  // namespace vitrine::jinja
