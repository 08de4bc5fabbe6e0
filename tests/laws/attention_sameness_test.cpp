// SPDX-License-Identifier: Apache-2.0
// Law: a row's attention result is the same bits however many rows, sequences, threads or chunks it is computed with,
// at every instruction set. Otherwise an answer could not be replayed, and looking at it could change it.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "tests/unit/backend/cache_fixture.h"

namespace vitrine::test {
namespace {

struct Result {
  std::vector<float> out, lse, max_prob, entropy, top;
  std::vector<int32_t> ids;
  bool operator==(const Result& other) const {
    const auto same = [](const auto& a, const auto& b) {
      return std::ranges::equal(a, b, {}, std::bit_cast<uint32_t, float>, std::bit_cast<uint32_t, float>);
    };
    return same(out, other.out) && same(lse, other.lse) && same(max_prob, other.max_prob) &&
           same(entropy, other.entropy) && same(top, other.top) && ids == other.ids;
  }
};

struct Settings {
  CacheSizes sizes;
  int64_t heads;
  ScoreRule rule;
  bool statistics;
};

/// Attends rows [from, to) of the list in one call.
void attend_rows(Backend& backend, Cache& cache, const Settings& setup, const std::vector<float>& q,
                 const std::vector<int32_t>& seq, const std::vector<int32_t>& index, int64_t from, int64_t to,
                 Result& into) {
  const int64_t rows = to - from, all = int64_t(seq.size());
  AttendArgs args = {.q = tensor_of(backend, q, {all, setup.heads, setup.sizes.k_dim}).slice(0, from, to),
                     .kv = cache.view};
  args.out = backend.alloc({rows, setup.heads, setup.sizes.v_dim}, DType::f32);
  args.seq_of_row = tensor_of(backend, seq, {all}).slice(0, from, to);
  args.index_of_row = tensor_of(backend, index, {all}).slice(0, from, to);
  args.rule = setup.rule;
  if (setup.statistics) {
    for (Tensor* t : {&args.lse, &args.max_prob, &args.entropy}) *t = backend.alloc({rows, setup.heads}, DType::f32);
    args.top_values = backend.alloc({rows, setup.heads, 8}, DType::f32);
    args.top_ids = backend.alloc({rows, setup.heads, 8}, DType::i32);
  }
  backend.attend(args);
  const auto append = [&](std::vector<float>& to_list, const Tensor& t) {
    if (!t.defined()) return;
    const auto values = floats_of(backend, t);
    to_list.insert(to_list.end(), values.begin(), values.end());
  };
  append(into.out, args.out);
  append(into.lse, args.lse);
  append(into.max_prob, args.max_prob);
  append(into.entropy, args.entropy);
  append(into.top, args.top_values);
  if (setup.statistics) {
    const auto ids = ints_of(backend, args.top_ids);
    into.ids.insert(into.ids.end(), ids.begin(), ids.end());
  }
}

TEST(AttentionSameness, RowsThreadsSequencesAndChunksChangeNoBit) {
  std::vector<Settings> setups;
  for (DType dtype : {DType::f16, DType::f32})
    for (int page : {4, 64})
      setups.push_back({.sizes = {.kv_heads = 3, .page_tokens = page, .dtype = dtype, .lengths = {700, 130}},
                        .heads = 9,
                        .rule = {.scale = 0.125f},
                        .statistics = page == 64});
  setups.push_back({.sizes = {.kv_heads = 1, .k_dim = 256, .v_dim = 256, .dtype = DType::f16, .lengths = {600}},
                    .heads = 4,
                    .rule = {.scale = 0.0625f, .softcap = 20, .mask = {.window = 300}},
                    .statistics = true});
  setups.push_back({.sizes = {.kv_heads = 2, .k_dim = 80, .v_dim = 80, .lengths = {300, 90}},
                    .heads = 2,
                    .rule = {.scale = 0.1f, .mask = {.kind = MaskRule::Kind::bidirectional}},
                    .statistics = true});
  for (size_t s = 0; s < setups.size(); ++s) {
    const Settings& setup = setups[s];
    std::vector<int32_t> seq, index;
    for (size_t i = 0; i < setup.sizes.lengths.size(); ++i)
      for (int32_t j = 0; j < setup.sizes.lengths[i]; j += j + 40 < setup.sizes.lengths[i] ? 5 : 1)
        seq.push_back(int32_t(i)), index.push_back(j);
    const int64_t rows = int64_t(seq.size());
    const auto q = normal_values(rows * setup.heads * setup.sizes.k_dim, 3, 2);
    Result first;
    for (const std::string& isa : isa_levels()) {
      for (int threads : {1, 2, 3}) {
        const auto backend = backend_of(isa, threads);
        Cache cache(*backend, setup.sizes);
        for (int64_t at_once : {rows, int64_t(1), int64_t(7), int64_t(64)}) {
          if (isa == "scalar" && threads == 3 && at_once != rows) continue;
          Result result;
          for (int64_t from = 0; from < rows; from += at_once)
            attend_rows(*backend, cache, setup, q, seq, index, from, std::min(rows, from + at_once), result);
          if (first.out.empty()) first = result;
          EXPECT_TRUE(result == first) << "setup " << s << ", " << isa << ", " << threads << " threads, " << at_once
                                       << " rows a call";
        }
      }
    }
  }
}

TEST(AttentionSameness, KeysWrittenLaterChangeNoEarlierRow) {
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    Result before, after;
    const Settings setup = {
        .sizes = {.dtype = DType::f16, .lengths = {400}}, .heads = 2, .rule = {.scale = 0.125f}, .statistics = true};
    std::vector<int32_t> seq, index;
    for (int32_t i = 0; i < 200; ++i) seq.push_back(0), index.push_back(i);
    const auto q = normal_values(200 * 2 * 64, 3);
    Cache cache(*backend, setup.sizes);
    attend_rows(*backend, cache, setup, q, seq, index, 0, 200, after);
    cache.view.lengths = tensor_of(*backend, std::vector<int32_t>{200}, {1});
    attend_rows(*backend, cache, setup, q, seq, index, 0, 200, before);
    EXPECT_TRUE(before == after) << isa;
  }
}

}  // namespace
}  // namespace vitrine::test
