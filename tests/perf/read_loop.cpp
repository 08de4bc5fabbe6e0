// SPDX-License-Identifier: Apache-2.0
// How fast this machine reads memory in a plain loop: GB/s over PASSES passes over BYTES with THREADS threads, each over its
// own share, huge pages where the system gives them; the best of as many such runs as fit SECONDS. What decoding PASSES
// tokens could reach if it did nothing but read.
//   c++ -O3 -march=native -pthread read_loop.cpp && ./a.out BYTES THREADS [PASSES] [SECONDS]
#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

uint64_t sum_of(const uint64_t* from, const uint64_t* to) {
  uint64_t sums[32] = {};
  for (; to - from >= 32; from += 32)
    for (int i = 0; i < 32; ++i) sums[i] += from[i];
  uint64_t sum = 0;
  for (uint64_t one : sums) sum += one;
  for (; from < to; ++from) sum += *from;
  return sum;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fprintf(stderr, "read_loop BYTES THREADS [PASSES] [SECONDS]\n"), 2;
  const size_t huge = size_t(2) << 20, bytes = (std::strtoull(argv[1], nullptr, 10) + huge - 1) / huge * huge;
  const int threads = std::max(1, std::atoi(argv[2]));
  const int passes = argc > 3 ? std::max(1, std::atoi(argv[3])) : 1;
  const double seconds = argc > 4 ? std::atof(argv[4]) : 1;
  auto* raw = static_cast<char*>(mmap(nullptr, bytes + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (raw == MAP_FAILED) return std::perror("read_loop"), 1;
  char* data = raw + (huge - uintptr_t(raw) % huge) % huge;
  madvise(data, bytes, MADV_HUGEPAGE);
  std::memset(data, 1, bytes);
  const auto* words = reinterpret_cast<const uint64_t*>(data);
  const size_t count = bytes / sizeof(uint64_t);
  pthread_barrier_t line;
  pthread_barrier_init(&line, nullptr, unsigned(threads));
  double best = 1e30;
  bool more = true;
  std::vector<uint64_t> sums(static_cast<size_t>(threads) * 8);
  const auto work = [&](size_t thread) {
    const double end = now() + seconds;
    while (true) {
      pthread_barrier_wait(&line);
      const double start = now();
      for (int pass = 0; pass < passes; ++pass) {
        sums[8 * thread] += sum_of(words + count * thread / size_t(threads), words + count * (thread + 1) / size_t(threads));
        pthread_barrier_wait(&line);
      }
      if (thread == 0) best = std::min(best, now() - start), more = now() < end;
      pthread_barrier_wait(&line);
      if (!more) return;
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(work, size_t(i));
  work(0);
  for (std::thread& thread : others) thread.join();
  uint64_t sum = 0;
  for (uint64_t one : sums) sum += one;
  std::printf("%.2f\n", double(bytes) * passes / best * 1e-9);
  return sum == 0;  // the sum is used, so the loop is not removed
}
