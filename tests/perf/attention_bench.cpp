// SPDX-License-Identifier: Apache-2.0
// Milliseconds of streaming attention for prefill and decoding, the extra cost of each statistic, and of a picture.
//   attention_bench [isa] [threads] [longest prefill]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "tests/unit/backend/cache_fixture.h"

namespace vitrine::test {
namespace {

double best_ms(int repeats, const std::function<void()>& work) {
  double best = 1e30;
  for (int i = 0; i < repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

struct Model {
  const char* name;
  int heads, kv_heads, head_size;
};

void prefill(Backend& backend, const Model& model, int n) {
  const CacheSizes sizes = {.kv_heads = model.kv_heads,
                            .k_dim = model.head_size,
                            .v_dim = model.head_size,
                            .page_tokens = 64,
                            .dtype = DType::f16,
                            .lengths = {n}};
  Cache cache(backend, sizes);
  const int64_t heads = model.heads, hd = model.head_size;
  std::vector<int32_t> index;
  for (int32_t i = 0; i < n; ++i) index.push_back(i);
  AttendArgs args = {.q = tensor_of(backend, normal_values(n * heads * hd, 1), {n, heads, hd}), .kv = cache.view};
  args.out = backend.alloc({n, heads, hd}, DType::f32);
  args.seq_of_row = tensor_of(backend, std::vector<int32_t>(size_t(n), 0), {n});
  args.index_of_row = tensor_of(backend, index, {n});
  args.rule.scale = 1 / std::sqrt(float(hd));
  AttendArgs some = args;
  for (Tensor* t : {&some.lse, &some.max_prob, &some.entropy}) *t = backend.alloc({n, heads}, DType::f32);
  AttendArgs all = some;
  all.top_values = backend.alloc({n, heads, 8}, DType::f32);
  all.top_ids = backend.alloc({n, heads, 8}, DType::i32);
  const int repeats = n > 4000 ? 3 : 9;
  double plain = 1e30, stats = 1e30, top = 1e30;
  for (int i = 0; i < repeats; ++i) {  // in turn, so that a busy machine strikes all alike
    plain = std::min(plain, best_ms(1, [&] { backend.attend(args); }));
    stats = std::min(stats, best_ms(1, [&] { backend.attend(some); }));
    top = std::min(top, best_ms(1, [&] { backend.attend(all); }));
  }
  const double flops = 2.0 * double(heads) * double(hd) * double(n) * double(n);
  std::printf("%-8s prefill %5d: %8.2f ms (%.0f GFLOP/s), lse+max+entropy %+.1f %%, with top-8 %+.1f %%\n", model.name,
              n, plain, flops / plain * 1e-6, (stats / plain - 1) * 100, (top / plain - 1) * 100);
  if (n != 8192) return;
  AttentionTileArgs tile = {.q = args.q,
                            .lse = some.lse,
                            .index_of_row = args.index_of_row,
                            .kv = cache.view,
                            .row_to = n,
                            .key_to = n,
                            .rule = args.rule};
  tile.out = backend.alloc({800, 800}, DType::f32);
  for (const bool mean : {false, true}) {
    tile.mean = mean;
    std::printf("%-8s picture 800x800 of %d x %d, %s: %.1f ms\n", model.name, n, n, mean ? "mean" : "maximum",
                best_ms(5, [&] { backend.attention_tile(tile); }));
  }
}

void decode(Backend& backend, const Model& model, int depth) {
  const int layers = 30;  // several caches, so that the last level cache does not hold them all
  std::vector<std::unique_ptr<Cache>> caches;
  for (int l = 0; l < layers; ++l)
    caches.push_back(std::make_unique<Cache>(backend, CacheSizes{.kv_heads = model.kv_heads,
                                                                 .k_dim = model.head_size,
                                                                 .v_dim = model.head_size,
                                                                 .page_tokens = 64,
                                                                 .dtype = DType::f16,
                                                                 .lengths = {depth}}));
  const int64_t heads = model.heads, hd = model.head_size;
  AttendArgs args = {.q = tensor_of(backend, normal_values(heads * hd, 1), {1, heads, hd})};
  args.out = backend.alloc({1, heads, hd}, DType::f32);
  args.seq_of_row = tensor_of(backend, std::vector<int32_t>{0}, {1});
  args.index_of_row = tensor_of(backend, std::vector<int32_t>{depth - 1}, {1});
  args.rule.scale = 1 / std::sqrt(float(hd));
  AttendArgs all = args;
  for (Tensor* t : {&all.lse, &all.max_prob, &all.entropy}) *t = backend.alloc({1, heads}, DType::f32);
  all.top_values = backend.alloc({1, heads, 8}, DType::f32);
  all.top_ids = backend.alloc({1, heads, 8}, DType::i32);
  const auto run = [&](AttendArgs& a) {
    return best_ms(12,
                   [&] {
                     for (const auto& cache : caches) {
                       a.kv = cache->view;
                       backend.attend(a);
                     }
                   }) /
           layers * 1000;
  };
  const double plain = run(args), top = run(all);
  const double bytes = double(depth) * model.kv_heads * model.head_size * 4;
  std::printf("%-8s decode at %4d: %.1f us a layer (%.1f GB/s), all statistics %+.1f %%\n", model.name, depth, plain,
              bytes / plain * 1e-3, (top / plain - 1) * 100);
}

}  // namespace
}  // namespace vitrine::test

int main(int argc, char** argv) {
  using namespace vitrine;
  const auto backend = make_backend({.threads = argc > 2 ? std::atoi(argv[2]) : 0, .isa = argc > 1 ? argv[1] : ""});
  const int longest = argc > 3 ? std::atoi(argv[3]) : 8192;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::printf("%s\n", backend->description().c_str());
  const test::Model models[] = {{"9/3 x64", 9, 3, 64}, {"4/1 x256", 4, 1, 256}};
  for (const test::Model& model : models) {
    for (int depth : {64, 512, 4096}) test::decode(*backend, model, depth);
    for (int n : {512, 2048, 8192})
      if (n <= longest) test::prefill(*backend, model, n);
  }
}
