// SPDX-License-Identifier: Apache-2.0
// A persistent pool for the CPU backend: the caller is worker 0, the others spin briefly after work and then sleep,
// so a fork-join inside a token costs about a microsecond and an idle program costs nothing.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/core/api.h"

namespace vitrine {

class VT_API ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const noexcept;

  /// Calls task(worker) once on each worker, 0 <= worker < size(); returns when all are done. Not reentrant. `task` must not throw.
  template <class Task>
  void run(Task&& task) {
    run_erased([](void* context, int worker) { (*static_cast<std::remove_reference_t<Task>*>(context))(worker); }, &task);
  }
  /// Splits [0, count) into contiguous parts, one a worker: task(from, to, worker).
  template <class Task>
  void split(int64_t count, Task&& task) {
    run([&](int worker) {
      const int64_t from = count * worker / size(), to = count * (worker + 1) / size();
      if (from < to) task(from, to, worker);
    });
  }

 private:
  void run_erased(void (*call)(void*, int), void* context);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine
