// SPDX-License-Identifier: Apache-2.0
// The thread pool under several callers, many short runs and sleeps between them; meant to run under ThreadSanitizer
// too.
#include "engine/core/thread_pool.h"

#include <gtest/gtest.h>
#include <time.h>

#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

#include "engine/core/error.h"

namespace vitrine {
namespace {

TEST(ThreadPool, EveryWorkerRunsOnceAndWritesAreSeen) {
  for (int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    ASSERT_EQ(pool.size(), threads);
    std::vector<int> calls(static_cast<size_t>(threads));  // plain ints: the pool itself must order the accesses
    for (int round = 0; round < 500; ++round) pool.run([&](int worker) { ++calls[size_t(worker)]; });
    for (int count : calls) EXPECT_EQ(count, 500);
  }
}

TEST(ThreadPool, SplitCoversTheRangeOnce) {
  ThreadPool pool(3);
  for (int64_t count : {0, 1, 2, 3, 4, 100, 101}) {
    std::vector<int> hits(static_cast<size_t>(count));
    pool.split(count, [&](int64_t from, int64_t to, int) {
      for (int64_t i = from; i < to; ++i) ++hits[size_t(i)];
    });
    for (int hit : hits) EXPECT_EQ(hit, 1) << count;
  }
}

TEST(ThreadPool, BarrierSeparatesPhases) {
  ThreadPool pool(4);
  for (int round = 0; round < 100; ++round) {
    int left[4] = {}, sums[4] = {};
    pool.run([&](int worker) {
      left[worker] = worker + round;
      pool.barrier();
      sums[worker] = std::accumulate(left, left + 4, 0);
      pool.barrier();
      left[worker] = 0;
    });
    for (int sum : sums) EXPECT_EQ(sum, 6 + 4 * round);
  }
}

TEST(ThreadPool, CallersOnSeveralThreadsTakeTurns) {
  ThreadPool pool(2);
  int total = 0;  // guarded by the turns alone
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; ++caller)
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round)
        pool.run([&](int worker) {
          if (worker == 0) ++total;
        });
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(total, 600);
}

TEST(ThreadPool, WakesAfterSleepAndSleepsWhenIdle) {
  ThreadPool pool(4);
  int runs = 0;
  timespec before{}, after{};
  for (int round = 0; round < 3; ++round) {
    pool.run([&](int worker) {
      if (worker == 3) ++runs;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // long past the spinning
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    const double used_ms = double(after.tv_sec - before.tv_sec) * 1e3 + double(after.tv_nsec - before.tv_nsec) * 1e-6;
    EXPECT_LT(used_ms, 50) << "idle workers burn the processor";
  }
  EXPECT_EQ(runs, 3);
}

TEST(ThreadPool, RefusesNonsense) {
  for (int threads : {0, -1, ThreadPool::kMaxThreads + 1}) EXPECT_THROW(ThreadPool{threads}, Error) << threads;
  EXPECT_GE(usable_cores(), 1);
}

}  // namespace
}  // namespace vitrine
