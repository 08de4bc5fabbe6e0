// SPDX-License-Identifier: Apache-2.0
// Streaming attention against double precision over head sizes, groupings, masks and score rules, with its statistics;
// and against the materialised form. A user would see wrong answers, or pictures that do not belong to the answer.
#include <gtest/gtest.h>

#include "cache_fixture.h"

namespace vitrine::test {
namespace {

struct Case {
  std::string name;
  CacheSizes sizes = {};
  int group = 3;
  MaskRule mask = {};
  float softcap = 0;
  bool slopes = false, sinks = false;
  float bf16_alibi_scale = 0;
  bool last_rows_only = false;  // one row a sequence, as in decoding
  float spread = 1;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (int hd : {16, 24, 64, 80, 96, 128, 256})
    all.push_back({.name = cat("head size ", hd), .sizes = {.k_dim = hd, .v_dim = hd, .lengths = {41, 70}}});
  for (int group : {1, 2, 4, 7, 9}) all.push_back({.name = cat("group ", group), .group = group});
  for (int page : {4, 16, 48, 64, 256}) {
    for (DType dtype : {DType::f16, DType::f32})
      all.push_back({.name = cat("pages of ", page, " ", dtype_info(dtype).name),
                     .sizes = {.page_tokens = page, .dtype = dtype, .lengths = {300, 7}}});
  }
  all.push_back({.name = "values narrower than keys", .sizes = {.k_dim = 96, .v_dim = 40}});
  for (DType dtype : {DType::f16, DType::f32}) {
    all.push_back({.name = "long", .sizes = {.dtype = dtype, .lengths = {1100}}, .spread = 2});
    all.push_back(
        {.name = "decode", .sizes = {.dtype = dtype, .lengths = {1500, 3, 700, 256}}, .last_rows_only = true});
    all.push_back({.name = "decode, window",
                   .sizes = {.dtype = dtype, .lengths = {1500, 257}},
                   .mask = {.window = 300},
                   .last_rows_only = true});
  }
  const auto both = {MaskRule::Kind::causal, MaskRule::Kind::bidirectional};
  for (MaskRule::Kind kind : both) {
    for (int window : {0, 1, 20, 290})
      all.push_back({.name = cat(kind == MaskRule::Kind::causal ? "causal" : "bidirectional", ", window ", window),
                     .sizes = {.lengths = {600, 33}},
                     .mask = {.kind = kind, .window = window}});
  }
  all.push_back({.name = "softcap", .softcap = 5, .spread = 3});
  all.push_back({.name = "position slopes", .sizes = {.lengths = {300}}, .slopes = true});
  all.push_back({.name = "rounded position slopes", .sizes = {.lengths = {700}}, .slopes = true, .bf16_alibi_scale = 0.05f});
  all.push_back({.name = "sinks", .sizes = {.lengths = {300}}, .sinks = true});
  all.push_back({.name = "everything",
                 .sizes = {.dtype = DType::f16, .lengths = {310, 90}},
                 .mask = {.window = 100},
                 .softcap = 20,
                 .slopes = true,
                 .sinks = true});
  return all;
}

struct Step {
  std::vector<float> q;
  std::vector<int32_t> seq, index;
  std::vector<float> slopes, sinks;
};

Step step_of(const Case& c, int64_t heads) {
  Step step;
  for (size_t s = 0; s < c.sizes.lengths.size(); ++s) {
    const int32_t n = c.sizes.lengths[s];
    for (int32_t i = c.last_rows_only ? n - 1 : 0; i < n; ++i) step.seq.push_back(int32_t(s)), step.index.push_back(i);
  }
  step.q = normal_values(int64_t(step.seq.size()) * heads * c.sizes.k_dim, 9, c.spread);
  for (int64_t h = 0; h < heads; ++h)
    step.slopes.push_back(1.3125f * std::exp2(-float(h + 1))), step.sinks.push_back(float(h) - 1);
  return step;
}

constexpr int kTop = 8;

void check_case(const Case& c, const std::string& isa) {
  SCOPED_TRACE(cat(c.name, ", ", isa));
  const auto backend = backend_of(isa);
  Cache cache(*backend, c.sizes);
  const int64_t heads = int64_t(c.sizes.kv_heads) * c.group;
  const Step step = step_of(c, heads);
  const int64_t rows = int64_t(step.seq.size());
  AttendArgs args = {.q = tensor_of(*backend, step.q, {rows, heads, c.sizes.k_dim}), .kv = cache.view};
  args.out = backend->alloc({rows, heads, c.sizes.v_dim}, DType::f32);
  args.seq_of_row = tensor_of(*backend, step.seq, {rows});
  args.index_of_row = tensor_of(*backend, step.index, {rows});
  args.rule = {.scale = 1 / std::sqrt(float(c.sizes.k_dim)), .softcap = c.softcap, .mask = c.mask, .bf16_alibi_scale = c.bf16_alibi_scale};
  if (c.slopes) args.rule.alibi_slopes = tensor_of(*backend, step.slopes, {heads});
  if (c.sinks) args.rule.sinks = tensor_of(*backend, step.sinks, {heads});
  args.lse = backend->alloc({rows, heads}, DType::f32);
  args.max_prob = backend->alloc({rows, heads}, DType::f32);
  args.entropy = backend->alloc({rows, heads}, DType::f32);
  args.top_values = backend->alloc({rows, heads, kTop}, DType::f32);
  args.top_ids = backend->alloc({rows, heads, kTop}, DType::i32);
  backend->attend(args);
  const auto out = floats_of(*backend, args.out), lse = floats_of(*backend, args.lse),
             max_prob = floats_of(*backend, args.max_prob), entropy = floats_of(*backend, args.entropy),
             top = floats_of(*backend, args.top_values);
  const auto ids = ints_of(*backend, args.top_ids);
  double worst = 0, worst_stat = 0, worst_top = 0;
  int missing = 0;
  for (int64_t r = 0; r<rows; r += rows> 200 ? 7 : 1) {
    for (int64_t h = 0; h < heads; ++h) {
      const size_t s = size_t(step.seq[size_t(r)]);
      PlainRule rule = {.scale = double(args.rule.scale), .softcap = c.softcap, .mask = c.mask};
      if (c.slopes) rule.slope = double(step.slopes[size_t(h)]);
      rule.bf16_alibi_scale = double(c.bf16_alibi_scale);
      if (c.sinks) rule.sink = double(step.sinks[size_t(h)]);
      const ReferenceRow want = attend_in_double(&step.q[size_t((r * heads + h) * c.sizes.k_dim)], cache.keys[s],
                                                 cache.values[s], c.sizes.kv_heads, int(h) / c.group, c.sizes.k_dim,
                                                 c.sizes.v_dim, step.index[size_t(r)], c.sizes.lengths[s], rule);
      const size_t at = size_t(r * heads + h);
      for (int d = 0; d < c.sizes.v_dim; ++d)
        worst = std::max(worst, std::abs(double(out[at * size_t(c.sizes.v_dim) + size_t(d)]) - want.out[size_t(d)]));
      worst_stat =
          std::max({worst_stat, std::abs(double(lse[at]) - want.lse), std::abs(double(max_prob[at]) - want.max_prob),
                    std::abs(double(entropy[at]) - want.entropy)});
      std::vector<double> sorted = want.prob;
      std::sort(sorted.rbegin(), sorted.rend());
      for (size_t i = 0; i < kTop; ++i) {
        const int32_t id = ids[at * kTop + i];
        const bool there = i < sorted.size() && sorted[i] > 0;
        missing += there != (id >= 0);
        if (there && id >= 0)
          worst_top = std::max({worst_top, std::abs(double(top[at * kTop + i]) - sorted[i]),
                                std::abs(want.prob[size_t(id)] - sorted[i])});
      }
    }
  }
  EXPECT_LT(worst, 3e-6);
  EXPECT_LT(worst_stat, 1e-5);
  EXPECT_LT(worst_top, 2e-6);
  EXPECT_EQ(missing, 0);
}

TEST(Attend, EqualsDoublePrecisionForEveryShapeMaskAndRule) {
  for (const std::string& isa : isa_levels())
    for (const Case& c : cases()) check_case(c, isa);
}

TEST(Attend, StreamingEqualsMaterialised) {
  for (const std::string& isa : isa_levels()) {
    for (const Case& c : cases()) {
      SCOPED_TRACE(cat(c.name, ", ", isa));
      const auto backend = backend_of(isa);
      Cache cache(*backend, c.sizes);
      const int64_t heads = int64_t(c.sizes.kv_heads) * c.group;
      const Step step = step_of(c, heads);
      for (int s = 0; s < int(c.sizes.lengths.size()); ++s) {
        const int64_t first = std::find(step.seq.begin(), step.seq.end(), s) - step.seq.begin();
        const int64_t rows = std::count(step.seq.begin(), step.seq.end(), s), keys = c.sizes.lengths[size_t(s)];
        const Tensor q =
            tensor_of(*backend, step.q, {int64_t(step.seq.size()), heads, c.sizes.k_dim}).slice(0, first, first + rows);
        const Tensor index = tensor_of(*backend, step.index, {int64_t(step.seq.size())}).slice(0, first, first + rows);
        ScoreRule rule = {.scale = 1 / std::sqrt(float(c.sizes.k_dim)), .softcap = c.softcap, .mask = c.mask, .bf16_alibi_scale = c.bf16_alibi_scale};
        if (c.slopes) rule.alibi_slopes = tensor_of(*backend, step.slopes, {heads});
        if (c.sinks) rule.sinks = tensor_of(*backend, step.sinks, {heads});
        const Tensor streamed = backend->alloc({rows, heads, c.sizes.v_dim}, DType::f32),
                     opened = backend->alloc({rows, heads, c.sizes.v_dim}, DType::f32);
        backend->attend({.q = q,
                         .kv = cache.view,
                         .out = streamed,
                         .seq_of_row = tensor_of(*backend, std::vector<int32_t>(size_t(rows), s), {rows}),
                         .index_of_row = index,
                         .rule = rule});
        const Tensor scores = backend->alloc({heads, rows, keys}, DType::f32);
        backend->attend_scores(
            {.q = q, .kv = cache.view, .seq = s, .index_of_row = index, .rule = rule, .out = scores});
        backend->softmax(scores, rule.sinks, scores);
        backend->weighted_values({.probs = scores, .kv = cache.view, .seq = s, .out = opened});
        const auto a = floats_of(*backend, streamed), b = floats_of(*backend, opened);
        double worst = 0;
        for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, double(std::abs(a[i] - b[i])));
        EXPECT_LT(worst, 3e-6);
      }
    }
  }
}

}  // namespace
}  // namespace vitrine::test
