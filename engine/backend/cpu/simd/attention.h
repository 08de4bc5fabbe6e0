// SPDX-License-Identifier: Apache-2.0
// The attention kernels, written once over sixteen lanes. Include after one vec_*.h; VT_ATTENTION_TABLE names the
// table. Scores: lanes are keys. Values: lanes are channels. Neither needs a sum across lanes; see attention_kernels.h.
#pragma once

#include "engine/backend/cpu/attention_kernels.h"
#include "engine/backend/cpu/simd/math.h"

namespace vitrine::cpu {
namespace {

template <bool kHalf>
inline Reg load_kv(const void* base, int64_t at) {
  if constexpr (kHalf)
    return rload_half((const uint16_t*)base + at);
  else
    return rload((const float*)base + at);
}
constexpr int kRegsPerGroup = kGroup / kRegLanes;

/// What those who read in place should ask for meanwhile, kAheadGroups groups of 16 keys on: behind the last keys come the values,
/// behind the last values the next chunk's keys.
inline const char* ahead_of_keys(const ChunkArgs& a, int g, int end) {
  if (g + kAheadGroups < end) return (const char*)a.keys.k[g + kAheadGroups];
  const char* value = (const char*)a.keys.v[g + kAheadGroups - end];
  return value ? value : (const char*)a.keys.v[end - 1];
}
inline const char* ahead_of_values(const ChunkArgs& a, int g, int end) {
  const void* p = g + kAheadGroups < end ? a.keys.v[g + kAheadGroups] : a.keys.next[g + kAheadGroups - end];
  return (const char*)(p ? p : a.keys.v[g]);
}
/// Into the second-level cache, which can wait for more lines at once than the first.
inline void fetch(const char* p) { __builtin_prefetch(p, 0, 2); }

/// Scores of R rows against C groups of keys from group g on.
template <int R, int C, bool kHalf>
void score_tile(const ChunkArgs& a, int g, int end, float* scores) {
  constexpr int N = C * kRegsPerGroup;
  Reg sum[R][N];
  for (int r = 0; r < R; ++r)
    for (int c = 0; c < N; ++c) sum[r][c] = rset(0);
  const void* key[C];
  const char* ahead[C];
  for (int c = 0; c < C; ++c) {
    key[c] = a.keys.k[g + c];
    ahead[c] = ahead_of_keys(a, g + c, end);
  }
  const float* q[R];
  for (int r = 0; r < R; ++r) q[r] = a.q + r * a.k_dim;
  const int64_t k_dim = a.k_dim;
  for (int64_t d = 0, at = 0; d < k_dim; ++d, at += kGroup) {
    if (kHalf && at % 32 == 0)  // a cache line holds 32 halves
      for (int c = 0; c < C; ++c) fetch(ahead[c] + at * 2);
    Reg k[N];
    for (int c = 0; c < N; ++c) k[c] = load_kv<kHalf>(key[c / kRegsPerGroup], at + c % kRegsPerGroup * kRegLanes);
    for (int r = 0; r < R; ++r) {
      const Reg x = rset(q[r][d]);
      for (int c = 0; c < N; ++c) sum[r][c] = rfma(k[c], x, sum[r][c]);
    }
  }
  for (int r = 0; r < R; ++r)
    for (int c = 0; c < N; ++c) rstore(scores + r * kChunk + g * kGroup + c * kRegLanes, sum[r][c]);
}

/// values[r] = values[r] * keep[r] + take[r] * (p[r] . V): 16 C channels from `column` on, keys from <= j < to.
template <int R, int C, bool kHalf>
void value_tile(const ChunkArgs& a, int from, int to, const float* p, int column, const float* keep, const float* take,
                float* const* values) {
  constexpr int N = C * kRegsPerGroup;
  Reg sum[R][N];
  for (int r = 0; r < R; ++r)
    for (int c = 0; c < N; ++c) sum[r][c] = rset(0);
  for (int j = from; j < to;) {
    const int g = j / kGroup, stop = (g + 1) * kGroup < to ? (g + 1) * kGroup : to;
    const void* value = a.keys.v[g];
    const char* ahead = ahead_of_values(a, g, (to + kGroup - 1) / kGroup);
    int64_t at = (j - g * kGroup) * a.keys.v_stride + column;
    for (; j < stop; ++j, at += a.keys.v_stride) {
      if (kHalf)
        for (int c = 0; c < C; c += 2) fetch(ahead + (at + c * 16) * 2);
      Reg v[N];
      for (int c = 0; c < N; ++c) v[c] = load_kv<kHalf>(value, at + c * kRegLanes);
      for (int r = 0; r < R; ++r) {
        const Reg x = rset(p[r * kChunk + j]);
        for (int c = 0; c < N; ++c) sum[r][c] = rfma(v[c], x, sum[r][c]);
      }
    }
  }
  for (int r = 0; r < R; ++r) {
    const Reg k = rset(keep[r]), t = rset(take[r]);
    for (int c = 0; c < N; ++c) {
      float* out = values[r] + column + c * kRegLanes;
      rstore(out, rfma(rload(out), k, rmul(sum[r][c], t)));
    }
  }
}

template <int R, bool kHalf>
void score_rows(const ChunkArgs& a, int g, int end, float* scores) {
  constexpr int C = R <= 2 ? kTileWide : kTileNarrow;
  for (; g + C <= end; g += C) score_tile<R, C, kHalf>(a, g, end, scores);
  for (; g < end; ++g) score_tile<R, 1, kHalf>(a, g, end, scores);
}
template <int R, bool kHalf>
void value_rows(const ChunkArgs& a, int from, int to, const float* p, const float* keep, const float* take,
                float* const* values) {
  int column = 0;
  constexpr int C = R <= 2 ? kTileWide : kTileNarrow;
  for (; column + 16 * C <= a.v_pad; column += 16 * C)
    value_tile<R, C, kHalf>(a, from, to, p, column, keep, take, values);
  for (; column < a.v_pad; column += 16) value_tile<R, 1, kHalf>(a, from, to, p, column, keep, take, values);
}

#define VT_FOR_ROWS(function, ...)     \
  switch (a.rows * 2 + a.keys.half) {  \
    case 2:                            \
      function<1, false>(__VA_ARGS__); \
      break;                           \
    case 3:                            \
      function<1, true>(__VA_ARGS__);  \
      break;                           \
    case 4:                            \
      function<2, false>(__VA_ARGS__); \
      break;                           \
    case 5:                            \
      function<2, true>(__VA_ARGS__);  \
      break;                           \
    case 6:                            \
      function<3, false>(__VA_ARGS__); \
      break;                           \
    case 7:                            \
      function<3, true>(__VA_ARGS__);  \
      break;                           \
    case 8:                            \
      function<4, false>(__VA_ARGS__); \
      break;                           \
    case 9:                            \
      function<4, true>(__VA_ARGS__);  \
      break;                           \
    case 10:                           \
      function<5, false>(__VA_ARGS__); \
      break;                           \
    case 11:                           \
      function<5, true>(__VA_ARGS__);  \
      break;                           \
    case 12:                           \
      function<6, false>(__VA_ARGS__); \
      break;                           \
    case 13:                           \
      function<6, true>(__VA_ARGS__);  \
      break;                           \
  }

struct Range {
  int from, to;  // keys any row sees
  int first_group() const { return from / kGroup; }
  int end_group() const { return (to + kGroup - 1) / kGroup; }
};
inline Range seen_by_any(const ChunkArgs& a) {
  Range range = {kChunk, 0};
  for (int r = 0; r < a.rows; ++r) {
    if (a.row[r].from >= a.row[r].to) continue;
    if (a.row[r].from < range.from) range.from = a.row[r].from;
    if (a.row[r].to > range.to) range.to = a.row[r].to;
  }
  return range;
}

/// Lanes of group g that a row sees.
inline uint32_t live_lanes(const ChunkRow& row, int g) {
  int from = row.from - g * kGroup, to = row.to - g * kGroup;
  if (from < 0) from = 0;
  if (to > kGroup) to = kGroup;
  return from < to ? ((1u << to) - 1) & ~((1u << from) - 1) : 0;
}

void add_position_bias(const ChunkArgs& a, const ChunkRow& row, const Range& range, float* s) {
  static const float lane[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const Vec slope = vset(row.bias_slope);
  for (int g = range.first_group(); g < range.end_group(); ++g) {
    if (a.bf16_bias != 0) {
      const Vec key = vround_bf16(vadd(vload(lane), vset(float(a.first_key + g * kGroup))));
      vstore(s + g * kGroup, vfma(vround_bf16(vmul(key, slope)), vset(a.bf16_bias), vload(s + g * kGroup)));
    } else {
      const Vec distance = vadd(vload(lane), vset(float(g * kGroup) - row.bias_at));
      vstore(s + g * kGroup, vfma(distance, slope, vload(s + g * kGroup)));
    }
  }
}

/// Softcap, position bias and mask of one row's raw scores.
void finish_scores(const ChunkArgs& a, int r, const Range& range, float* s) {
  const ChunkRow& row = a.row[r];
  if (a.softcap > 0) {
    const Vec cap = vset(a.softcap), inverse = vset(1 / a.softcap);
    for (int g = range.first_group(); g < range.end_group(); ++g)
      vstore(s + g * kGroup, vmul(cap, vtanh(vmul(vload(s + g * kGroup), inverse))));
  }
  if (row.bias_slope != 0) add_position_bias(a, row, range, s);
  if (row.bias)
    for (int g = range.first_group(); g < range.end_group(); ++g)
      vstore(s + g * kGroup, vadd(vload(s + g * kGroup), vload(row.bias + g * kGroup)));
  for (int g = range.first_group(); g < range.end_group(); ++g) {
    if (row.from <= g * kGroup && row.to >= (g + 1) * kGroup) continue;
    vstore(s + g * kGroup, vselect(live_lanes(row, g), vload(s + g * kGroup), vset(-INFINITY)));
  }
}

void scores(const ChunkArgs& a, float* out) {
  const Range range = seen_by_any(a);
  if (range.from >= range.to) return;
  VT_FOR_ROWS(score_rows, a, range.first_group(), range.end_group(), out)
  for (int r = 0; r < a.rows; ++r) finish_scores(a, r, range, out + r * kChunk);
}

/// Puts a score into the row's list, sorted downwards; equal ones stay in order of key.
inline void insert_key(RowState& state, int top_k, float score, int32_t id) {
  int at = state.kept < top_k ? state.kept++ : top_k - 1;
  for (; at > 0 && state.best[at - 1] < score; --at) {
    state.best[at] = state.best[at - 1];
    state.best_ids[at] = state.best_ids[at - 1];
  }
  state.best[at] = score;
  state.best_ids[at] = id;
}

constexpr int kRankedTop = 8;  // lists up to this length are kept with ranks over sixteen lanes

/// Lanes greater than lane i, or equal and before it: the place of lane i in downward order.
inline int rank_of(Vec all, float value, int i) {
  const uint32_t before = (1u << i) - 1;
  return __builtin_popcount((vmask_ge(all, vset(value)) & before) | (vmask_gt(all, vset(value)) & ~before));
}

/// The k-th largest of 16 lane maxima: each lane has a different key, so k keys score at least this much.
inline float bound_of(Vec lane_maxima, int k) {
  if (k > 16) return -INFINITY;
  float lane[16], sorted[16];
  vstore(lane, lane_maxima);
  for (int i = 0; i < 16; ++i) sorted[rank_of(lane_maxima, lane[i], i)] = lane[i];
  return sorted[k - 1];
}

/// Merges n candidates (in order of key) into a list of at most kRankedTop; each pass sorts the list and as many new
/// ones as fit.
void merge_candidates(RowState& state, int top_k, const float* scores, const int32_t* ids, int n) {
  for (int next = 0; next < n;) {
    float value[16], sorted[16];
    int32_t id[16], sorted_ids[16];
    int filled = state.kept;
    for (int i = 0; i < filled; ++i) value[i] = state.best[i], id[i] = state.best_ids[i];
    for (; filled < 16 && next < n; ++filled, ++next) value[filled] = scores[next], id[filled] = ids[next];
    for (int i = filled; i < 16; ++i) value[i] = -INFINITY;
    const Vec all = vload(value);
    for (int i = 0; i < filled; ++i) {
      const int rank = rank_of(all, value[i], i);
      sorted[rank] = value[i];
      sorted_ids[rank] = id[i];
    }
    state.kept = filled < top_k ? filled : top_k;
    for (int i = 0; i < state.kept; ++i) state.best[i] = sorted[i], state.best_ids[i] = sorted_ids[i];
    if (state.kept == top_k)
      while (next < n && !(scores[next] > state.best[top_k - 1])) ++next;
  }
}

/// Brings the row's list up to date with a chunk's scores. Most chunks end at the first comparison.
void keep_best(const ChunkArgs& a, RowState& state, const Range& range, const float* s, Vec lane_maxima, float top) {
  const bool full = state.kept == a.top_k;
  float bound = full ? state.best[a.top_k - 1] : bound_of(lane_maxima, a.top_k);
  if (full && !(top > bound)) return;
  if (!(bound >= -3.4e38f)) bound = -3.4e38f;  // masked scores never enter
  float value[kChunk + 16];
  int32_t id[kChunk + 16];
  int n = 0;
  for (int g = range.first_group(); g < range.end_group(); ++g) {
    const Vec v = vload(s + g * kGroup);
    const uint32_t mask = vmask_ge(v, vset(bound));
    if (mask) n += vcompress(value + n, id + n, mask, v, a.first_key + g * kGroup);
  }
  if (a.top_k <= kRankedTop) {
    merge_candidates(state, a.top_k, value, id, n);
  } else {
    for (int i = 0; i < n; ++i)
      if (state.kept < a.top_k || value[i] > state.best[a.top_k - 1]) insert_key(state, a.top_k, value[i], id[i]);
  }
}

/// Joins the sums of the next chunk into `into`; keep and take are the factors of its values and the next ones'.
inline void join_sums(RowState& into, float top, float sum, float weighted, float& keep, float& take) {
  const float most = top > into.top ? top : into.top;
  const float old_drop = into.top - most > -100 ? into.top - most : -100,
              new_drop = top - most > -100 ? top - most : -100;
  keep = exp1(into.top - most);
  take = exp1(top - most);
  into.weighted = keep * (into.weighted + into.sum * old_drop) + take * (weighted + sum * new_drop);
  into.sum = into.sum * keep + sum * take;
  into.top = most;
}

/// One row: scores to unnormalised probabilities in place, sums joined into the state.
void softmax_row(const ChunkArgs& a, const Range& range, float* s, RowState& state, float& keep, float& take) {
  Vec maxima = vset(-INFINITY);
  for (int g = range.first_group(); g < range.end_group(); ++g) maxima = vmax(maxima, vload(s + g * kGroup));
  const float top = vhmax(maxima);
  if (a.top_k) keep_best(a, state, range, s, maxima, top);
  const Vec m = vset(top == -INFINITY ? 0 : top);
  Vec sum = vset(0), weighted = vset(0);
  if (a.weighted) {
    for (int g = range.first_group(); g < range.end_group(); ++g) {
      const Vec d = vsub(vload(s + g * kGroup), m), e = vexp(d);
      sum = vadd(sum, e);
      weighted = vfma(e, vmax(vset(-100), d), weighted);
      vstore(s + g * kGroup, e);
    }
  } else {
    for (int g = range.first_group(); g < range.end_group(); ++g) {
      const Vec e = vexp(vsub(vload(s + g * kGroup), m));
      sum = vadd(sum, e);
      vstore(s + g * kGroup, e);
    }
  }
  join_sums(state, top, vsum(sum), vsum(weighted), keep, take);
}

void attend(const ChunkArgs& a, RowState* const* state, float* scratch) {
  const Range range = seen_by_any(a);
  if (range.from >= range.to) return;
  scores(a, scratch);
  float keep[kBlockRows], take[kBlockRows];
  float* values[kBlockRows];
  for (int r = 0; r < a.rows; ++r) {
    values[r] = state[r]->values;
    float* s = scratch + r * kChunk;
    if (a.row[r].from < a.row[r].to) {
      softmax_row(a, range, s, *state[r], keep[r], take[r]);
    } else {
      keep[r] = 1;
      take[r] = 0;
      for (int g = range.first_group(); g < range.end_group(); ++g) vstore(s + g * kGroup, vset(0));
    }
  }
  VT_FOR_ROWS(value_rows, a, range.from, range.to, scratch, keep, take, values)
}

void merge(RowState& into, const RowState& next, int v_pad, int top_k) {
  if (next.sum == 0 && next.top == -INFINITY) return;
  float keep, take;
  join_sums(into, next.top, next.sum, next.weighted, keep, take);
  const Vec k = vset(keep), t = vset(take);
  for (int c = 0; c < v_pad; c += 16)
    vstore(into.values + c, vfma(vload(into.values + c), k, vmul(vload(next.values + c), t)));
  for (int i = 0; top_k && i < next.kept; ++i)
    if (into.kept < top_k || next.best[i] > into.best[top_k - 1])
      insert_key(into, top_k, next.best[i], next.best_ids[i]);
}

void weigh(const ChunkArgs& a, const float* p, float* const* values) {
  const Range range = seen_by_any(a);
  if (range.from >= range.to) return;
  const float one[kBlockRows] = {1, 1, 1, 1, 1, 1};
  VT_FOR_ROWS(value_rows, a, range.from, range.to, p, one, one, values)
}

void columns(const ChunkArgs& a, const float* lse, bool mean, float* column, float* scratch) {
  const Range range = seen_by_any(a);
  if (range.from >= range.to) return;
  scores(a, scratch);
  for (int g = range.first_group(); g < range.end_group(); ++g) {
    Vec best = vload(column + g * kGroup);
    for (int r = 0; r < a.rows; ++r) {
      if (a.row[r].from >= a.row[r].to) continue;
      const Vec d = vsub(vload(scratch + r * kChunk + g * kGroup), vset(lse[r]));
      best = mean ? vadd(best, vexp(d)) : vmax(best, d);
    }
    vstore(column + g * kGroup, best);
  }
}

void widen(const uint16_t* x, int64_t x_stride, float* out, int64_t out_stride, int64_t rows, int64_t n) {
  for (int64_t r = 0; r < rows; ++r, x += x_stride, out += out_stride) {
    int64_t i = 0;
    for (; i + 16 <= n; i += 16) vstore(out + i, vload_half(x + i));
    if (i < n) vstore_n(out + i, vload_half_n(x + i, int(n - i)), int(n - i));
  }
}

typedef float Four __attribute__((vector_size(16), aligned(4), may_alias));

void turn(const float* keys, float* values, int64_t v_stride, int64_t n) {
  int64_t c = 0;
  for (; c + 4 <= n; c += 4)
    for (int key = 0; key < kGroup; key += 4) {
      const float* from = keys + c * kGroup + key;
      const Four x0 = *(const Four*)from, x1 = *(const Four*)(from + kGroup), x2 = *(const Four*)(from + 2 * kGroup),
                 x3 = *(const Four*)(from + 3 * kGroup);
      const Four low = __builtin_shufflevector(x0, x1, 0, 4, 1, 5), low2 = __builtin_shufflevector(x2, x3, 0, 4, 1, 5);
      const Four high = __builtin_shufflevector(x0, x1, 2, 6, 3, 7), high2 = __builtin_shufflevector(x2, x3, 2, 6, 3, 7);
      float* to = values + key * v_stride + c;
      *(Four*)to = __builtin_shufflevector(low, low2, 0, 1, 4, 5);
      *(Four*)(to + v_stride) = __builtin_shufflevector(low, low2, 2, 3, 6, 7);
      *(Four*)(to + 2 * v_stride) = __builtin_shufflevector(high, high2, 0, 1, 4, 5);
      *(Four*)(to + 3 * v_stride) = __builtin_shufflevector(high, high2, 2, 3, 6, 7);
    }
  for (; c < n; ++c)
    for (int key = 0; key < kGroup; ++key) values[key * v_stride + c] = keys[c * kGroup + key];
}

void exponentials(float* x, int64_t n) {
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) vstore(x + i, vexp(vload(x + i)));
  if (i < n) vstore_n(x + i, vexp(vload_n(x + i, int(n - i))), int(n - i));
}
float exponential(float x) { return exp1(x); }

}  // namespace

const AttentionKernels VT_ATTENTION_TABLE = {scores, attend, merge,        weigh,      columns,
                                                     widen,  turn,   exponentials, exponential};

}  // namespace vitrine::cpu
