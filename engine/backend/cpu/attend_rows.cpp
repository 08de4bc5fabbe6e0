// SPDX-License-Identifier: Apache-2.0
#include "engine/backend/cpu/attend_rows.h"

#include <algorithm>
#include <limits>

namespace vitrine::cpu {

Visible visible_keys(const MaskRule& mask, int64_t index, int64_t length) {
  Visible keys = {0, length};
  const int64_t window = mask.window;
  if (mask.kind == MaskRule::Kind::causal) {
    keys.to = std::min(length, index + 1);
    if (window > 0) keys.from = std::max<int64_t>(0, index - window + 1);
  } else if (window > 0) {
    keys.from = std::max<int64_t>(0, index - window);
    keys.to = std::min(length, index + window + 1);
  }
  return keys;
}

static const float* per_head(const Tensor& t, int64_t heads, const char* what) {
  if (!t.defined()) return nullptr;
  VT_CHECK(t.dtype() == DType::f32 && t.numel() == heads && t.contiguous(), what, " must be [", heads, "] f32");
  return data_of<const float>(t);
}

OpenRule::OpenRule(const ScoreRule& rule, int64_t heads)
    : scale(rule.scale),
      softcap(rule.softcap),
      bf16_alibi_scale(rule.bf16_alibi_scale),
      mask(rule.mask),
      slopes(per_head(rule.alibi_slopes, heads, "position slopes")),
      sinks(per_head(rule.sinks, heads, "attention sinks")) {
  const Tensor& bias = rule.distance_bias;
  if (!bias.defined()) return;
  VT_CHECK(bias.dtype() == DType::f32 && bias.rank() == 2 && bias.size(0) == heads && bias.size(1) % 2 == 1 && bias.contiguous(),
           "distance bias ", bias.shape().str(), ", wanted [", heads, ", 2 n + 1] f32");
  reach = int(bias.size(1) / 2);
  distances_ = data_of<const float>(bias);
}

void RowBlock::reserve(int rows, int k_dim, int v_pad, int top_k) {
  const size_t n = size_t(rows);
  q_.resize(std::max(q_.size(), n * size_t(k_dim)));
  values_.resize(std::max(values_.size(), n * size_t(v_pad)));
  best_.resize(std::max(best_.size(), n * size_t(top_k)));
  best_ids_.resize(std::max(best_ids_.size(), n * size_t(top_k)));
  visible_.reserve(n);
  index_.reserve(n);
  slope_.reserve(n);
  distances_.reserve(n);
  bias_.resize(kBlockRows * kChunk);
  state_.reserve(n);
  state_of_.reserve(n);
}

void RowBlock::start(int rows, int k_dim, int v_pad, int top_k, bool values) {
  reserve(rows, k_dim, v_pad, top_k);
  rows_ = rows;
  k_dim_ = k_dim;
  v_pad_ = v_pad;
  top_k_ = top_k;
  const size_t n = size_t(rows);
  visible_.resize(n);
  index_.resize(n);
  slope_.resize(n);
  distances_.resize(n);
  if (!values) return;
  state_.resize(n);
  state_of_.resize(n);
  for (size_t i = 0; i < n; ++i) {
    state_of_[i] = &state_[i];
    state_[i].values = values_.data() + i * size_t(v_pad);
    state_[i].best = best_.data() + i * size_t(top_k);
    state_[i].best_ids = best_ids_.data() + i * size_t(top_k);
  }
  clear();
}

void RowBlock::clear() {
  std::fill_n(values_.begin(), int64_t(rows_) * v_pad_, 0.0f);
  for (RowState& state : state_) {
    state.top = -std::numeric_limits<float>::infinity();
    state.sum = state.weighted = 0;
    state.kept = 0;
  }
}

void RowBlock::set(int i, const float* q, float scale, Visible visible, int64_t index, float slope, const float* distances) {
  float* out = q_.data() + int64_t(i) * k_dim_;
  for (int d = 0; d < k_dim_; ++d) out[d] = q[d] * scale;
  visible_[size_t(i)] = visible;
  index_[size_t(i)] = index;
  slope_[size_t(i)] = slope;
  distances_[size_t(i)] = distances;
}

/// The bias of the chunk's keys for row i, in the tile's row `row`: the nearest entry before -reach, the table, the last entry beyond reach.
const float* RowBlock::fill_bias(int row, size_t i, int64_t chunk, int64_t reach) {
  const float* table = distances_[i];
  if (!table) return nullptr;
  float* out = bias_.data() + row * kChunk;
  const int64_t first = chunk - index_[i];  // distance of the chunk's first key
  const int64_t from = std::clamp<int64_t>(-reach - first, 0, kChunk), to = std::clamp<int64_t>(reach + 1 - first, from, kChunk);
  std::fill_n(out, from, table[-reach]);
  std::copy_n(table + first + from, to - from, out + from);
  std::fill_n(out + to, kChunk - to, table[reach]);
  return out;
}

Visible RowBlock::visible_any() const {
  Visible all = {std::numeric_limits<int64_t>::max(), 0};
  for (const Visible& keys : visible_) {
    if (keys.from >= keys.to) continue;
    all.from = std::min(all.from, keys.from);
    all.to = std::max(all.to, keys.to);
  }
  return all;
}

Visible RowBlock::visible_in(int64_t chunk) const {
  Visible all = {chunk + kChunk, chunk};
  for (const Visible& keys : visible_) {
    const int64_t from = std::max(keys.from, chunk), to = std::min(keys.to, chunk + kChunk);
    if (from >= to) continue;
    all.from = std::min(all.from, from);
    all.to = std::max(all.to, to);
  }
  return all;
}

ChunkArgs RowBlock::args(int tile, int64_t chunk, const ChunkKeys& keys, const OpenRule* rule) {
  ChunkArgs args = {};
  args.q = q_.data() + int64_t(tile) * kBlockRows * k_dim_;
  args.rows = rows_in(tile);
  args.k_dim = k_dim_;
  args.v_pad = v_pad_;
  args.softcap = rule ? rule->softcap : 0;
  args.bf16_bias = rule ? rule->bf16_alibi_scale : 0;
  args.first_key = int(chunk);
  args.row = chunk_rows_;
  args.keys = keys;
  args.top_k = top_k_;
  for (int r = 0; r < args.rows; ++r) {
    const size_t i = size_t(tile * kBlockRows + r);
    chunk_rows_[r].from = int(std::clamp<int64_t>(visible_[i].from - chunk, 0, kChunk));
    chunk_rows_[r].to = int(std::clamp<int64_t>(visible_[i].to - chunk, 0, kChunk));
    chunk_rows_[r].bias_slope = slope_[i];
    chunk_rows_[r].bias_at = float(index_[i] - chunk);
    chunk_rows_[r].bias = rule ? fill_bias(r, i, chunk, rule->reach) : nullptr;
  }
  return args;
}

}  // namespace vitrine::cpu
