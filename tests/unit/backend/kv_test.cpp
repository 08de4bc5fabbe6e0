// SPDX-License-Identifier: Apache-2.0
// The paged cache gives back what was written, page by page, in both storage formats; wrong requests are refused.
#include <gtest/gtest.h>

#include "cache_fixture.h"

namespace vitrine::test {
namespace {

TEST(Kv, ReadsBackWhatWasWritten) {
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    for (int page : {1, 4, 16, 100}) {
      for (DType dtype : {DType::f32, DType::f16}) {
        const CacheSizes sizes = {
            .kv_heads = 3, .k_dim = 24, .v_dim = 40, .page_tokens = page, .dtype = dtype, .lengths = {37, 5}};
        Cache cache(*backend, sizes, 3);
        const auto k = normal_values(42 * 3 * 24, 4), v = normal_values(42 * 3 * 40, 5);
        const float tolerance = dtype == DType::f32 ? 0 : 1.0f / 2048;
        for (size_t s = 0, row = 0; s < 2; row += 37, ++s) {
          for (size_t i = 0; i < cache.keys[s].size(); ++i)
            EXPECT_NEAR(cache.keys[s][i], k[row * 3 * 24 + i], tolerance * std::abs(k[row * 3 * 24 + i])) << isa;
          for (size_t i = 0; i < cache.values[s].size(); ++i)
            EXPECT_NEAR(cache.values[s][i], v[row * 3 * 40 + i], tolerance * std::abs(v[row * 3 * 40 + i])) << isa;
        }
      }
    }
  }
}

TEST(Kv, ACopiedPageHoldsTheSameKeysAndValues) {
  const auto backend = backend_of("scalar");
  const CacheSizes sizes = {.page_tokens = 8, .dtype = DType::f16, .lengths = {16, 16}};
  Cache cache(*backend, sizes);
  const auto table = ints_of(*backend, cache.view.block_table);
  backend->kv_copy_page(cache.view, table[1], table[2]);  // block 1 of sequence 0 onto block 0 of sequence 1
  const auto keys = cache.read(1, false), values = cache.read(1, true);
  const size_t half = cache.keys[0].size() / 2;
  for (size_t i = 0; i < half; ++i) {
    EXPECT_EQ(keys[i], cache.keys[0][half + i]);
    EXPECT_EQ(values[i], cache.values[0][half + i]);
    EXPECT_EQ(keys[half + i], cache.keys[1][half + i]);
  }
}

TEST(Kv, HalvesRoundToNearestAndDoNotOverflow) {
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    CacheSizes sizes = {.kv_heads = 1, .k_dim = 8, .v_dim = 8, .page_tokens = 4, .dtype = DType::f16, .lengths = {1}};
    Cache cache(*backend, sizes);
    const std::vector<float> x = {1e6f, -1e6f, 1.00048828125f, 1.00049f, 6e-8f, 2e-8f, -0.0f, 65519};
    const Tensor t = tensor_of(*backend, x, {1, 1, 8}), zero = tensor_of(*backend, std::vector<int32_t>{0}, {1});
    backend->kv_write({.k = t, .v = t, .kv = cache.view, .seq_of_row = zero, .index_of_row = zero});
    const std::vector<float> want = {65504, -65504, 1, 1.0009765625f, 5.9604645e-8f, 0, 0, 65504};
    EXPECT_EQ(cache.read(0, false), want) << isa;
    EXPECT_EQ(cache.read(0, true), want) << isa;
  }
}

TEST(Kv, MisuseIsRefused) {
  const auto backend = backend_of("scalar");
  const KvSizes sizes[] = {{1, 64, 64}};
  EXPECT_THROW(backend->alloc_kv_slabs(1, 16, sizes, DType::i8), Error);
  Cache cache(*backend, {.lengths = {20}});
  const Tensor t = backend->alloc({1, 2, 64}, DType::f32), zero = tensor_of(*backend, std::vector<int32_t>{0}, {1});
  const Tensor beyond = tensor_of(*backend, std::vector<int32_t>{20}, {1});
  EXPECT_THROW(backend->kv_write({.k = t, .v = t, .kv = cache.view, .seq_of_row = zero, .index_of_row = beyond}),
               Error);
  EXPECT_THROW(backend->kv_read({.kv = cache.view, .seq = 1, .from = 0, .to = 1, .out = t}), Error);
  EXPECT_THROW(backend->kv_copy_page(cache.view, 0, 1000), Error);
}

}  // namespace
}  // namespace vitrine::test
