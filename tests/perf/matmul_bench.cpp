// SPDX-License-Identifier: Apache-2.0
// How fast matrix products run, against what the machine can do: decode in GB/s of weights beside a plain read loop,
// prefill in GFLOP/s beside the fused-multiply-add and int8 dot-product peaks.
// matmul_bench [--threads N] [--isa LEVEL] [--tokens N] [--format NAME]... [--seconds S] [--clock processor]; one JSON
// object a line.
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/core/thread_pool.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace vitrine {
namespace {

struct Options {
  int threads = 0, tokens = 512;
  std::string isa;
  std::vector<std::string> formats;
  double seconds = 0.3;
};

/// Processor time of all threads: with one thread it tells the work apart from waiting for a busy machine.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}
bool use_processor_time = false;

/// Least time of one call of `work`, over at least `seconds` of trying: the least is what other programs disturbed
/// least.
template <class Work>
double least_seconds(double seconds, Work&& work) {
  using Clock = std::chrono::steady_clock;
  const auto elapsed = [] {
    return use_processor_time ? processor_seconds()
                              : std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
  };
  double best = 1e30, total = 0;
  work();
  for (int round = 0; round < 3 || total < seconds; ++round) {
    const double start = elapsed();
    work();
    const double took = elapsed() - start;
    best = std::min(best, took);
    total += took;
  }
  return best;
}

#if defined(__x86_64__)
/// Keeps the compiler from leaving the loops out.
template <class Vector>
void keep(const Vector& v, uint64_t* sink) {
  uint64_t words[sizeof v / 8];
  std::memcpy(words, &v, sizeof v);
  for (uint64_t word : words) *sink += word;
}
[[gnu::target("avx512f")]] void read_all(const std::byte* data, size_t bytes, uint64_t* sink) {
  __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
  for (size_t i = 0; i + 256 <= bytes; i += 256) {
    _mm_prefetch(reinterpret_cast<const char*>(data + i + 4096), _MM_HINT_T0);
    _mm_prefetch(reinterpret_cast<const char*>(data + i + 4160), _MM_HINT_T0);
    _mm_prefetch(reinterpret_cast<const char*>(data + i + 4224), _MM_HINT_T0);
    _mm_prefetch(reinterpret_cast<const char*>(data + i + 4288), _MM_HINT_T0);
    a = _mm512_xor_si512(a, _mm512_loadu_si512(data + i));
    b = _mm512_xor_si512(b, _mm512_loadu_si512(data + i + 64));
    c = _mm512_xor_si512(c, _mm512_loadu_si512(data + i + 128));
    d = _mm512_xor_si512(d, _mm512_loadu_si512(data + i + 192));
  }
  keep(_mm512_xor_si512(_mm512_xor_si512(a, b), _mm512_xor_si512(c, d)), sink);
}
[[gnu::target("avx512f")]] void multiply_add(int64_t rounds, uint64_t* sink) {
  __m512 s[16];
  for (__m512& v : s) v = _mm512_setzero_ps();
  const __m512 x = _mm512_set1_ps(1e-3f);
  for (int64_t i = 0; i < rounds; ++i)
#pragma GCC unroll 16
    for (__m512& v : s) v = _mm512_fmadd_ps(x, x, v);
  for (__m512& v : s) keep(v, sink);
}
[[gnu::target("avx512f,avx512vnni")]] void dot_products(int64_t rounds, uint64_t* sink) {
  __m512i s[16];
  for (__m512i& v : s) v = _mm512_setzero_si512();
  const __m512i x = _mm512_set1_epi8(1);
  for (int64_t i = 0; i < rounds; ++i)
#pragma GCC unroll 16
    for (__m512i& v : s) v = _mm512_dpbusd_epi32(v, x, x);
  for (__m512i& v : s) keep(v, sink);
}

void measure_machine(const Options& options, Backend& backend) {
  const int threads = backend.threads();
  ThreadPool pool(threads);
  std::vector<uint64_t> sinks(size_t(threads) * 8);
  const Tensor memory = backend.alloc({int64_t(192) << 20}, DType::u8);  // huge pages, as weights have them
  std::memset(memory.storage()->data, 1, size_t(memory.nbytes()));
  for (size_t mib : {1, 16, 96, 192}) {
    const size_t bytes = mib << 20;
    const double s = least_seconds(options.seconds, [&] {
      pool.split(int64_t(bytes / 4096), [&](int64_t from, int64_t to, int worker) {
        read_all(memory.storage()->data + from * 4096, size_t(to - from) * 4096, &sinks[size_t(worker) * 8]);
      });
    });
    std::printf("{\"what\": \"read\", \"threads\": %d, \"mib\": %zu, \"gb_per_s\": %.1f}\n", threads, mib,
                double(bytes) / s * 1e-9);
  }
  constexpr int64_t kRounds = 200000;
  const auto peak = [&](const char* name, void (*kernel)(int64_t, uint64_t*), double per_instruction) {
    const double s =
        least_seconds(options.seconds, [&] { pool.run([&](int w) { kernel(kRounds, &sinks[size_t(w) * 8]); }); });
    std::printf("{\"what\": \"%s\", \"threads\": %d, \"gflops\": %.0f}\n", name, threads,
                double(kRounds) * 16 * per_instruction * threads / s * 1e-9);
  };
  peak("f32 peak", multiply_add, 32);
  peak("int8 peak", dot_products, 128);
}
#else
void measure_machine(const Options&, Backend&) {}
#endif

struct Sizes {
  int64_t rows, columns;
};

/// Distinct copies of one matrix, at least 96 MB together, so that decode streams from memory as a model does.
std::vector<Tensor> make_weights(Backend& backend, DType dtype, Sizes size, int64_t bytes_wanted) {
  const int64_t elements = size.rows * size.columns, bytes = dtype_bytes(dtype, elements);
  std::mt19937 random(1);
  std::vector<std::byte> data(static_cast<size_t>(bytes));
  for (std::byte& b : data) b = std::byte(random());
  if (dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16)
    std::fill(data.begin(), data.end(), std::byte{0x2c});
  std::vector<Tensor> copies;
  for (int64_t total = 0; total == 0 || total < bytes_wanted; total += bytes)
    copies.push_back(backend.prepare(backend.upload(data, {size.rows, size.columns}, dtype)));
  return copies;
}

void measure_products(const Options& options, Backend& backend, DType dtype, Sizes size) {
  const std::vector<Tensor> weights = make_weights(backend, dtype, size, int64_t(100) << 20);
  const int64_t elements = size.rows * size.columns;
  for (Precision precision : {Precision::fast, Precision::exact}) {
    for (int64_t tokens : {int64_t(1), int64_t(options.tokens)}) {
      const Tensor x = backend.alloc({tokens, size.columns}, DType::f32),
                   out = backend.alloc({tokens, size.rows}, DType::f32);
      for (int64_t i = 0; i < x.numel(); ++i) reinterpret_cast<float*>(x.storage()->data)[i] = float(i % 17) - 8;
      const size_t used = tokens == 1 ? weights.size() : 1;
      const double s =
          least_seconds(options.seconds,
                        [&] {
                          for (size_t i = 0; i < used; ++i) {
                            const MatmulArgs args{.x = x, .w = weights[i], .out = out, .precision = precision};
                            backend.matmul({&args, 1});
                          }
                        }) /
          double(used);
      std::printf(
          "{\"format\": \"%s\", \"rows\": %ld, \"columns\": %ld, \"tokens\": %ld, \"precision\": \"%s\", "
          "\"isa\": \"%s\", \"threads\": %d, \"us\": %.1f, \"gb_per_s\": %.1f, \"gflops\": %.0f}\n",
          dtype_info(dtype).name.data(), size.rows, size.columns, tokens,
          precision == Precision::fast ? "fast" : "exact", std::string(backend.instruction_set()).c_str(),
          backend.threads(), s * 1e6, double(dtype_bytes(dtype, elements)) / s * 1e-9,
          2.0 * double(elements * tokens) / s * 1e-9);
      std::fflush(stdout);
    }
  }
}

int run(int count, char** words) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string word = words[i], value = words[i + 1];
    if (word == "--threads")
      options.threads = std::stoi(value);
    else if (word == "--tokens")
      options.tokens = std::stoi(value);
    else if (word == "--clock")
      use_processor_time = value == "processor";
    else if (word == "--isa")
      options.isa = value;
    else if (word == "--format")
      options.formats.push_back(value);
    else if (word == "--seconds")
      options.seconds = std::stod(value);
    else {
      std::fprintf(stderr, "unknown option %s\n", word.c_str());
      return 2;
    }
  }
  if (options.formats.empty()) options.formats = {"q4_1", "q4_0", "q5_0", "q8_0", "q4_k", "q6_k", "bf16", "f32"};
  const auto backend = make_backend({.threads = options.threads, .isa = options.isa});
  if (backend->instruction_set().starts_with("avx512") || backend->instruction_set() == "amx") measure_machine(options, *backend);
  for (const std::string& name : options.formats) {
    const std::optional<DType> dtype = dtype_of_name(name);
    if (!dtype) {
      std::fprintf(stderr, "unknown format %s\n", name.c_str());
      return 2;
    }
    const bool wide = dtype_info(*dtype).block_elements == 256;
    for (Sizes size :
         {Sizes{576, wide ? 768 : 576}, Sizes{1536, wide ? 768 : 576}, Sizes{576, 1536}, Sizes{4096, 2048}})
      measure_products(options, *backend, *dtype, size);
  }
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** words) try { return vitrine::run(count, words); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 2;
}
