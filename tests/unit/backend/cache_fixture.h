// SPDX-License-Identifier: Apache-2.0
// A small paged cache filled with random keys and values, pages handed out in a scrambled order, and a plain
// double-precision attention over the same numbers to compare with.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "levels.h"

namespace vitrine::test {

struct CacheSizes {
  int kv_heads = 2, k_dim = 64, v_dim = 64, page_tokens = 32;
  DType dtype = DType::f32;
  std::vector<int32_t> lengths = {70};
};

class Cache {
 public:
  Cache(Backend& backend, CacheSizes sizes, uint32_t seed = 1, float spread = 1) : backend_(backend), sizes_(sizes) {
    const int seqs = int(sizes.lengths.size());
    const int most = *std::max_element(sizes.lengths.begin(), sizes.lengths.end());
    const int blocks = (most + sizes.page_tokens - 1) / sizes.page_tokens, pages = blocks * seqs,
              a_slab = (pages + 1) / 2;
    for (int i = 0; i < 2; ++i) {
      const KvSizes layer[] = {{sizes.kv_heads, sizes.k_dim, sizes.v_dim}};
      KvSlab slab = backend.alloc_kv_slabs(a_slab, sizes.page_tokens, layer, sizes.dtype)[0];
      k_slabs_.push_back(std::move(slab.k));
      v_slabs_.push_back(std::move(slab.v));
    }
    std::vector<int32_t> table(size_t(pages), 0);
    for (int i = 0; i < pages; ++i) table[size_t(i)] = i;
    std::shuffle(table.begin(), table.end(), std::mt19937(seed));
    view.k_slabs = k_slabs_;
    view.v_slabs = v_slabs_;
    view.block_table = tensor_of(backend, table, {seqs, blocks});
    view.lengths = tensor_of(backend, sizes.lengths, {seqs});
    view.pages_per_slab = a_slab;
    view.page_tokens = sizes.page_tokens;
    view.kv_heads = sizes.kv_heads;
    view.k_dim = sizes.k_dim;
    view.v_dim = sizes.v_dim;
    view.dtype = sizes.dtype;
    std::vector<int32_t> seq, index;
    for (int s = 0; s < seqs; ++s)
      for (int32_t i = 0; i < sizes.lengths[size_t(s)]; ++i) seq.push_back(s), index.push_back(i);
    const int64_t rows = int64_t(seq.size());
    const Tensor k = tensor_of(backend, normal_values(rows * sizes.kv_heads * sizes.k_dim, seed + 1, spread),
                               {rows, sizes.kv_heads, sizes.k_dim});
    const Tensor v = tensor_of(backend, normal_values(rows * sizes.kv_heads * sizes.v_dim, seed + 2),
                               {rows, sizes.kv_heads, sizes.v_dim});
    backend.kv_write({.k = k,
                      .v = v,
                      .kv = view,
                      .seq_of_row = tensor_of(backend, seq, {rows}),
                      .index_of_row = tensor_of(backend, index, {rows})});
    for (int s = 0; s < seqs; ++s) {
      keys.push_back(read(s, false));
      values.push_back(read(s, true));
    }
  }

  /// What the cache holds (rounded to its dtype), [length, kv_heads, dim].
  std::vector<float> read(int seq, bool want_values) {
    const int64_t n = sizes_.lengths[size_t(seq)], dim = want_values ? sizes_.v_dim : sizes_.k_dim;
    const Tensor out = backend_.alloc({n, sizes_.kv_heads, dim}, DType::f32);
    backend_.kv_read({.kv = view, .values = want_values, .seq = seq, .from = 0, .to = n, .out = out});
    return floats_of(backend_, out);
  }

  KvView view;
  std::vector<std::vector<float>> keys, values;  // a sequence each

 private:
  Backend& backend_;
  CacheSizes sizes_;
  std::vector<Tensor> k_slabs_, v_slabs_;
};

/// One row of one head in double precision.
struct ReferenceRow {
  std::vector<double> score, prob, out;
  double lse = 0, entropy = 0, max_prob = 0;
};

struct PlainRule {
  double scale = 1, softcap = 0, slope = 0, bf16_alibi_scale = 0, sink = -std::numeric_limits<double>::infinity();
  MaskRule mask = {};
};

inline bool sees(const MaskRule& mask, int64_t i, int64_t j) {
  if (mask.kind == MaskRule::Kind::causal) return j <= i && (mask.window == 0 || i - j < mask.window);
  return mask.window == 0 || std::abs(i - j) <= mask.window;
}

/// The nearest number with eight significant bits, ties to even.
inline double to_bf16(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(mantissa, 8)), exponent - 8);
}

inline ReferenceRow attend_in_double(const float* q, const std::vector<float>& keys, const std::vector<float>& values,
                                     int kv_heads, int kv_head, int k_dim, int v_dim, int64_t index, int64_t length,
                                     const PlainRule& rule) {
  ReferenceRow row;
  double top = rule.sink;
  for (int64_t j = 0; j < length; ++j) {
    double s = -std::numeric_limits<double>::infinity();
    if (sees(rule.mask, index, j)) {
      s = 0;
      for (int d = 0; d < k_dim; ++d) s += double(q[d]) * double(keys[size_t((j * kv_heads + kv_head) * k_dim + d)]);
      s *= rule.scale;
      if (rule.softcap > 0) s = rule.softcap * std::tanh(s / rule.softcap);
      s += rule.bf16_alibi_scale == 0 ? rule.slope * double(j - index)
                                      : rule.bf16_alibi_scale * to_bf16(rule.slope * to_bf16(double(j)));
    }
    row.score.push_back(s);
    top = std::max(top, s);
  }
  double sum = std::exp(rule.sink - top);
  for (double s : row.score) sum += std::exp(s - top);
  row.lse = top + std::log(sum);
  row.out.assign(size_t(v_dim), 0);
  for (int64_t j = 0; j < length; ++j) {
    const double p = std::exp(row.score[size_t(j)] - row.lse);
    row.prob.push_back(p);
    row.max_prob = std::max(row.max_prob, p);
    if (p > 0) row.entropy -= p * std::log(p);
    for (int d = 0; d < v_dim; ++d)
      row.out[size_t(d)] += p * double(values[size_t((j * kv_heads + kv_head) * v_dim + d)]);
  }
  return row;
}

}  // namespace vitrine::test
