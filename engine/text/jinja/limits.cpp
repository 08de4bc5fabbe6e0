// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/limits.h"

#include <pthread.h>

#include <algorithm>

#include "engine/text/jinja/fault.h"

namespace vitrine::jinja {

void out_of_steps() {
  budget.steps_left = 0;
  raise("LimitError", "the template does not come to an end within its limit of steps");
}
void out_of_memory() { raise("LimitError", "the template needs more memory than it may have"); }
void out_of_stack() { raise("RecursionError", "the template or one of its values is nested too deeply"); }

void Charge::grow(size_t bytes) {
  const auto more = static_cast<int64_t>(bytes);
  if (budget.live_bytes + more > budget.live_limit) out_of_memory();
  budget.live_bytes += more;
  bytes_ += more;
}

/// Address below which this thread's stack should not grow.
static uintptr_t stack_floor(size_t wanted) {
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  size_t usable = 1u << 20;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    void* low = nullptr;
    size_t size = 0;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0 && here > reinterpret_cast<uintptr_t>(low))
      usable = (here - reinterpret_cast<uintptr_t>(low)) / 2;
    pthread_attr_destroy(&attributes);
  }
  return here - std::min(usable, wanted);
}

BudgetScope::BudgetScope(const Limits& limits) : outer_(budget) {
  budget.steps_left = limits.steps;
  budget.live_limit = budget.live_bytes + limits.live_bytes;
  budget.output_limit = limits.output_bytes;
  budget.range_limit = limits.range_items;
  budget.stack_floor = stack_floor(limits.stack_bytes);
  budget.depth_limit = limits.nesting;
}

BudgetScope::~BudgetScope() {
  const int64_t live = budget.live_bytes;
  budget = outer_;
  budget.live_bytes = live;
}

}  // namespace vitrine::jinja
