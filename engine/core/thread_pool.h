// SPDX-License-Identifier: Apache-2.0
// A persistent pool for the CPU backend: workers spin briefly after work and then sleep, so a fork-join inside a token
// costs about a microsecond and an idle program costs nothing. A worker that the system keeps from running delays
// nobody: the caller takes the parts that no worker has begun.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include "engine/core/api.h"

namespace vitrine {

/// A stretch of memory that somebody is about to read.
struct ReadAhead {
  const std::byte* from = nullptr;
  int64_t bytes = 0;
};

class VT_API ThreadPool {
 public:
  static constexpr int kMaxThreads = 256;
  static constexpr int kStretches = 8;  // of memory one part is told to expect

  /// Throws Error input when `threads` is outside 1..kMaxThreads, memory when the system gives no thread.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const noexcept;

  /// Calls task(part) once for each part, 0 <= part < size(); returns when all are done. Parts run side by side where
  /// workers are free, else one after the other, so none may wait for another. The calling thread begins with part 0.
  /// Calls from several threads take turns; a task must neither call run() of its own pool nor throw.
  template <class Task>
  void run(Task&& task) {
    run_erased([](void* context, int part) { (*static_cast<std::remove_reference_t<Task>*>(context))(part); },
               const_cast<void*>(static_cast<const void*>(&task)));
  }
  /// What `part` (1 ... size() - 1) of a later run will probably read, at most kStretches: a worker without work fetches it
  /// into its second-level cache, up to three quarters of that, while the caller does what cannot be split. Holds until the next
  /// call; wrong or stale stretches cost time, nothing else. Call it before the run after which the worker will wait.
  void expect(int part, std::span<const ReadAhead> stretches) noexcept;
  /// Bytes a waiting worker fetches at most.
  int64_t fetch_budget() const noexcept;
  /// Splits [0, count) into contiguous parts: task(from, to, part).
  template <class Task>
  void split(int64_t count, Task&& task) {
    run([&](int part) {
      const int64_t from = count * part / size(), to = count * (part + 1) / size();
      if (from < to) task(from, to, part);
    });
  }

 private:
  void run_erased(void (*call)(void*, int), void* context);

  struct State;
  std::unique_ptr<State> state_;
};

/// Physical cores this process may run on (affinity mask and cgroup quota respected), at least 1.
VT_API int usable_cores() noexcept;

}  // namespace vitrine
