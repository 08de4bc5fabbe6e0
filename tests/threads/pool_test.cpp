// SPDX-License-Identifier: Apache-2.0
// The thread pool under several callers, many short runs and sleeps between them; meant to run under ThreadSanitizer
// too.
#include "engine/core/thread_pool.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <numeric>
#include <thread>
#include <vector>

#include "engine/core/error.h"

namespace vitrine {
namespace {

TEST(ThreadPool, EveryPartRunsOnceAndWritesAreSeen) {
  for (int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    ASSERT_EQ(pool.size(), threads);
    std::vector<int> calls(static_cast<size_t>(threads));  // plain ints: the pool itself must order the accesses
    for (int round = 0; round < 500; ++round) pool.run([&](int part) { ++calls[size_t(part)]; });
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

TEST(ThreadPool, WhatAPartIsToldToExpectMayBeWrong) {
  ThreadPool pool(3);
  std::vector<std::byte> memory(size_t(1) << 20);
  const ReadAhead gone{reinterpret_cast<const std::byte*>(uintptr_t(1) << 46), int64_t(1) << 40};  // never mapped
  const std::vector<std::vector<ReadAhead>> lists = {
      {}, {{memory.data(), int64_t(memory.size())}}, {gone}, {{memory.data(), 1}, {nullptr, 0}, gone}, std::vector<ReadAhead>(20, gone)};
  std::atomic<int> calls = 0;
  for (int round = 0; round < 200; ++round) {
    for (int part = 1; part < pool.size(); ++part) pool.expect(part, lists[size_t(round + part) % lists.size()]);
    pool.run([&](int) { ++calls; });
    if (round % 50 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(calls, 600);
}

/// Holds the other threads of this process as if the system had taken their processors away, until destroyed.
class HeldThreads {
 public:
  HeldThreads() {
    struct sigaction action {};
    action.sa_handler = [](int) {
      ++held_;
      while (!release_) sched_yield();
      --held_;
    };
    sigaction(SIGUSR1, &action, nullptr);
    release_ = false;
    int sent = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
      const int thread = std::stoi(entry.path().filename());
      if (thread != int(syscall(SYS_gettid)) && syscall(SYS_tgkill, getpid(), thread, SIGUSR1) == 0) ++sent;
    }
    while (held_ < sent) sched_yield();
  }
  ~HeldThreads() {
    release_ = true;
    while (held_ > 0) sched_yield();
  }
  int count() const { return held_; }

 private:
  static inline std::atomic<int> held_ = 0;
  static inline std::atomic<bool> release_ = false;
};

TEST(ThreadPool, WorkersThatCannotRunDelayNobody) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer delivers signals late";
#endif
  for (int threads : {2, 4}) {
    ThreadPool pool(threads);
    std::vector<int> calls(static_cast<size_t>(threads));
    {
      const HeldThreads held;
      ASSERT_EQ(held.count(), threads - 1);
      for (int round = 0; round < 100; ++round) pool.run([&](int part) { ++calls[size_t(part)]; });
      for (int count : calls) EXPECT_EQ(count, 100) << "parts no worker could begin";
    }
    for (int round = 0; round < 100; ++round) pool.run([&](int part) { ++calls[size_t(part)]; });
    for (int count : calls) EXPECT_EQ(count, 200) << "after the workers could run again";
  }
}

TEST(ThreadPool, BusyProcessorsLoseNoPart) {
  ThreadPool pool(4);
  std::atomic<bool> stop = false;
  std::vector<std::thread> others;
  for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i)
    others.emplace_back([&] {
      while (!stop) continue;
    });
  std::vector<int64_t> sums(4);
  for (int round = 0; round < 2000; ++round)
    pool.split(400, [&](int64_t from, int64_t to, int part) {
      for (int64_t i = from; i < to; ++i) sums[size_t(part)] += i;
    });
  stop = true;
  for (std::thread& thread : others) thread.join();
  EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), int64_t(0)), int64_t(2000) * 399 * 400 / 2);
}

TEST(ThreadPool, CallersOnSeveralThreadsTakeTurns) {
  ThreadPool pool(2);
  int total = 0;  // guarded by the turns alone
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; ++caller)
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round)
        pool.run([&](int part) {
          if (part == 0) ++total;
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
    pool.run([&](int part) {
      if (part == 3) ++runs;
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
