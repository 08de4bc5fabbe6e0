// SPDX-License-Identifier: Apache-2.0
// Fork and join by two counters: parts nobody has taken yet, and parts not finished yet. Who waits spins for a while, then
// sleeps (std::atomic wait is a futex on Linux); who notices that the system took the processor away sleeps at once.
#include "engine/core/thread_pool.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {
namespace {

// Between the operations of one token a worker waits about a microsecond, between tokens some hundred; a caller waits for
// no more than one unit of work.
constexpr auto kSpin = std::chrono::microseconds(300);
// Longer than any interrupt takes: other programs want this processor, so spinning only keeps it from them.
constexpr auto kTakenAway = std::chrono::microseconds(100);

inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

constexpr int64_t kCacheLine = 64;
constexpr int64_t kFetchStep = 16 * kCacheLine;  // between two looks at whether there is work

/// Bytes a worker may fetch ahead of its work: three quarters of its second-level cache.
int64_t share_of_second_level_cache() {
  const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  return bytes > 0 ? bytes * 3 / 4 : 128 * 1024;
}

/// What one part is told to expect; written by the caller while the worker may be reading.
struct alignas(64) Expected {
  std::atomic<uint32_t> version{0};
  std::atomic<const std::byte*> from[ThreadPool::kStretches] = {};
  std::atomic<int64_t> bytes[ThreadPool::kStretches] = {};
};

/// A worker's way through what it expects.
class Fetching {
 public:
  explicit Fetching(const Expected& expected) : expected_(expected) {}

  /// The next step into the cache; false when all is there.
  bool step(int64_t budget) noexcept {
    if (const uint32_t version = expected_.version.load(std::memory_order_acquire); version != version_) {
      version_ = version;
      stretch_ = 0;
      at_ = fetched_ = 0;
    }
    while (stretch_ < ThreadPool::kStretches && at_ >= expected_.bytes[stretch_].load(std::memory_order_relaxed)) {
      ++stretch_;
      at_ = 0;
    }
    if (stretch_ == ThreadPool::kStretches || fetched_ >= budget) return false;
    const std::byte* from = expected_.from[stretch_].load(std::memory_order_relaxed) + at_;
    for (int64_t i = 0; i < kFetchStep; i += kCacheLine) __builtin_prefetch(from + i, 0, 2);
    relax();  // a processor whose queue of misses is full drops what it is asked to fetch
    at_ += kFetchStep;
    fetched_ += kFetchStep;
    return true;
  }

 private:
  const Expected& expected_;
  uint32_t version_ = 0;
  int stretch_ = ThreadPool::kStretches;
  int64_t at_ = 0, fetched_ = 0;
};

/// Waits until `value` differs from `old`; spins first, then sleeps.
void await_change(const std::atomic<uint32_t>& value, uint32_t old) noexcept {
  const auto start = std::chrono::steady_clock::now();
  auto last = start;
  for (uint32_t turn = 1; value.load(std::memory_order_acquire) == old; ++turn) {
    relax();
    if (turn % 64 != 0) continue;
    const auto now = std::chrono::steady_clock::now();
    if (now - start > kSpin || now - last > kTakenAway) return value.wait(old, std::memory_order_acquire);
    last = now;
  }
}

}  // namespace

struct ThreadPool::State {
  int size = 1;
  std::vector<std::thread> threads;
  std::mutex callers;
  void (*call)(void*, int) = nullptr;
  void* context = nullptr;
  std::atomic<bool> stop{false};
  std::unique_ptr<Expected[]> expected;  // by part
  const int64_t budget = share_of_second_level_cache();
  alignas(64) std::atomic<uint32_t> generation{0};
  alignas(64) std::atomic<uint32_t> untaken{0};  // parts 1 ... untaken are free; part 0 is the caller's
  alignas(64) std::atomic<uint32_t> unfinished{0};

  /// Runs free parts until none is left. A part that is taken keeps run() from returning, so call and context are this
  /// run's even for a worker that comes late from the one before.
  void take_parts() {
    uint32_t part = untaken.load(std::memory_order_acquire);
    while (part != 0) {
      if (!untaken.compare_exchange_weak(part, part - 1, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
      call(context, int(part));
      finish_part();
      part = untaken.load(std::memory_order_acquire);
    }
  }
  void finish_part() {
    if (unfinished.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished.notify_one();
  }
  void work(int worker) {
    Fetching fetching(expected[size_t(worker)]);
    for (uint32_t seen = 0;;) {
      while (generation.load(std::memory_order_acquire) == seen && fetching.step(budget)) {}
      await_change(generation, seen);
      seen = generation.load(std::memory_order_acquire);
      if (stop) return;
      take_parts();
    }
  }
  void publish() {
    generation.fetch_add(1, std::memory_order_release);
    generation.notify_all();
  }
  void shut_down() {
    stop = true;
    publish();
    for (std::thread& thread : threads) thread.join();
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  if (threads < 1 || threads > kMaxThreads)
    throw Error(ErrorKind::input, cat(threads, " threads"), cat("ask for 1 to ", kMaxThreads), "thread pool");
  state_->size = threads;
  state_->expected = std::make_unique<Expected[]>(size_t(threads));
  try {
    for (int worker = 1; worker < threads; ++worker)
      state_->threads.emplace_back([state = state_.get(), worker] { state->work(worker); });
  } catch (const std::system_error& error) {
    const size_t started = state_->threads.size() + 1;
    state_->shut_down();
    throw Error(ErrorKind::memory, cat("the system gave ", started, " of ", threads, " threads: ", error.what()),
                "ask for fewer threads", "thread pool");
  }
}

ThreadPool::~ThreadPool() { state_->shut_down(); }

int ThreadPool::size() const noexcept { return state_->size; }
int64_t ThreadPool::fetch_budget() const noexcept { return state_->budget; }

void ThreadPool::expect(int part, std::span<const ReadAhead> stretches) noexcept {
  Expected& expected = state_->expected[size_t(part)];
  for (size_t i = 0; i < size_t(kStretches); ++i) {
    expected.bytes[i].store(i < stretches.size() ? stretches[i].bytes : 0, std::memory_order_relaxed);
    expected.from[i].store(i < stretches.size() ? stretches[i].from : nullptr, std::memory_order_relaxed);
  }
  expected.version.fetch_add(1, std::memory_order_release);
}

void ThreadPool::run_erased(void (*call)(void*, int), void* context) {
  State& state = *state_;
  std::lock_guard turn(state.callers);
  if (state.size == 1) {
    call(context, 0);
    return;
  }
  state.call = call;
  state.context = context;
  state.unfinished.store(uint32_t(state.size), std::memory_order_relaxed);
  state.untaken.store(uint32_t(state.size - 1), std::memory_order_release);
  state.publish();
  call(context, 0);
  state.finish_part();
  state.take_parts();
  for (uint32_t left; (left = state.unfinished.load(std::memory_order_acquire)) != 0;) await_change(state.unfinished, left);
}

/// Whole cores a cgroup (version 2) quota allows, or `most`.
static int quota_cores(int most) {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0, period = 0;
  if (file >> quota >> period && quota > 0 && period > 0) return std::max(1, std::min(most, int(quota / period + 0.5)));
  return most;
}

int usable_cores() noexcept try {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return std::max(1, int(std::thread::hardware_concurrency()));
  std::set<std::string> cores;  // processors of one physical core name the same list of siblings
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    std::ifstream file(cat("/sys/devices/system/cpu/cpu", cpu, "/topology/thread_siblings_list"));
    std::string siblings;
    if (!std::getline(file, siblings)) siblings = cat("cpu ", cpu);
    cores.insert(siblings);
  }
  return quota_cores(std::clamp(int(cores.size()), 1, ThreadPool::kMaxThreads));
} catch (...) {
  return 1;
}

}  // namespace vitrine
