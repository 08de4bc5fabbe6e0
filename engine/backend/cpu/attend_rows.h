// SPDX-License-Identifier: Apache-2.0
// Query rows of one KV head, packed for the attention kernels: which keys each sees and where its running result lies.
#pragma once

#include <vector>

#include "engine/backend/cpu/kv_access.h"
#include "engine/backend/cpu/row_view.h"

namespace vitrine::cpu {

/// Keys [from, to) a row at cache index `index` may see in a sequence of `length` keys.
struct Visible {
  int64_t from = 0, to = 0;
};
Visible visible_keys(const MaskRule& mask, int64_t index, int64_t length);

/// The score rule with its tensors checked and opened.
struct OpenRule {
  explicit OpenRule(const ScoreRule& rule, int64_t heads);

  float scale, softcap, bf16_alibi_scale;
  MaskRule mask;
  const float* slopes = nullptr;  // [heads]
  const float* sinks = nullptr;
  int reach = 0;  // distances beyond it have the bias of it

  float slope(int64_t head) const { return slopes ? slopes[head] : 0; }
  /// The head's bias of distance 0, with `reach` more on either side; null: none.
  const float* distances(int64_t head) const { return distances_ ? distances_ + head * (2 * reach + 1) + reach : nullptr; }

 private:
  const float* distances_ = nullptr;
};

/// Rows of a task in register tiles of kBlockRows; all storage is kept between uses.
class RowBlock {
 public:
  /// Allocates for up to `rows` rows, so that `start` on a worker thread allocates nothing.
  void reserve(int rows, int k_dim, int v_pad, int top_k);
  /// Empties the block for `rows` rows. `values`: whether running results are kept as well.
  void start(int rows, int k_dim, int v_pad, int top_k, bool values);
  /// Row i of the task: its query (k_dim floats), the keys it sees, its cache index, position slope and bias by distance.
  void set(int i, const float* q, float scale, Visible visible, int64_t index, float slope, const float* distances = nullptr);

  int rows() const { return rows_; }
  int tiles() const { return (rows_ + kBlockRows - 1) / kBlockRows; }
  int rows_in(int tile) const { return tile + 1 < tiles() ? kBlockRows : rows_ - tile * kBlockRows; }
  const Visible& visible(int i) const { return visible_[size_t(i)]; }
  /// Keys any row of the task sees.
  Visible visible_any() const;
  /// Keys any row of the task sees within the chunk starting at `chunk`; from >= to: none.
  Visible visible_in(int64_t chunk) const;
  /// Arguments for one tile and chunk, without a rule for values alone; the row array inside them is owned by this
  /// block and valid until the next call.
  ChunkArgs args(int tile, int64_t chunk, const ChunkKeys& keys, const OpenRule* rule = nullptr);
  RowState& state(int i) { return state_[size_t(i)]; }
  RowState* const* states(int tile) { return state_of_.data() + tile * kBlockRows; }
  /// Sets running results back to their start.
  void clear();

 private:
  const float* fill_bias(int row, size_t i, int64_t chunk, int64_t reach);

  int rows_ = 0, k_dim_ = 0, v_pad_ = 0, top_k_ = 0;
  std::vector<float> q_, values_, best_;
  std::vector<int32_t> best_ids_;
  std::vector<Visible> visible_;
  std::vector<int64_t> index_;
  std::vector<float> slope_, bias_;
  std::vector<const float*> distances_;
  std::vector<RowState> state_;
  std::vector<RowState*> state_of_;
  ChunkRow chunk_rows_[kBlockRows];
};

inline int64_t chunk_of(int64_t key) { return key / kChunk * kChunk; }

}  // namespace vitrine::cpu
