// SPDX-License-Identifier: Apache-2.0
// A persistent pool for the CPU backend: the caller is worker 0, the others spin briefly after work and then sleep,
// so a fork-join inside a token costs about a microsecond and an idle program costs nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

#include "engine/core/api.h"

namespace vitrine {

class VT_API ThreadPool {
 public:
  static constexpr int kMaxThreads = 256;

  /// Throws Error input when `threads` is outside 1..kMaxThreads, memory when the system gives no thread.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const noexcept;

  /// Calls task(worker) once on each worker, 0 <= worker < size(); returns when all are done. Calls from several threads
  /// take turns; a task must neither call run() of its own pool nor throw.
  template <class Task>
  void run(Task&& task) {
    run_erased([](void* context, int worker) { (*static_cast<std::remove_reference_t<Task>*>(context))(worker); },
               const_cast<void*>(static_cast<const void*>(&task)));
  }
  /// Splits [0, count) into contiguous parts, one a worker: task(from, to, worker).
  template <class Task>
  void split(int64_t count, Task&& task) {
    run([&](int worker) {
      const int64_t from = count * worker / size(), to = count * (worker + 1) / size();
      if (from < to) task(from, to, worker);
    });
  }
  /// Inside a task: returns when every worker of this run has come here. All workers must call it equally often.
  void barrier() noexcept;

 private:
  void run_erased(void (*call)(void*, int), void* context);

  struct State;
  std::unique_ptr<State> state_;
};

/// Physical cores this process may run on (affinity mask and cgroup quota respected), at least 1.
VT_API int usable_cores() noexcept;

}  // namespace vitrine
