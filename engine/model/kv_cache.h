// SPDX-License-Identifier: Apache-2.0
// The paged KV cache. A KvPool holds pages for all layers of a model; a SeqState is one sequence's lists of pages, and beside it the
// states of layers that carry one (recurrent_state.h).
// Rows are written beyond the committed length and become real by commit(); a cancelled step leaves nothing behind.
// fork() shares pages and copies one only when it is written (copy on write), so beams and edited answers cost their difference.
// Layers with one window form a group with pages of its own. Of a group with a window, a page that no query to come can see is given back:
// a sequence can be continued at its end, up to kWindowMargin tokens before it, and at its two newest marks (the beginnings of the last
// steps of several tokens, and wherever mark() was called); truncate() goes back to the nearest of these at or before the length asked for,
// or to the beginning, and the caller runs what is missing again.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/model/kept_queries.h"
#include "engine/model/recurrent_state.h"
#include "engine/model/spec.h"

namespace vitrine {

class KvPool {
 public:
  static constexpr int kPageTokens = 64;
  /// Pages that so many tokens of a sequence fill, the last perhaps in part.
  static constexpr int64_t pages_of(int64_t tokens) { return (tokens + kPageTokens - 1) / kPageTokens; }

  KvPool(std::shared_ptr<Backend> backend, const ModelSpec& spec, DType dtype);

  /// Layers whose pages come and go together. window 0: their pages stay as long as the sequence.
  struct Group {
    int window = 0;
    std::vector<int> layers = {};
    int64_t bytes_per_page = 0;
    std::vector<int> references = {}, free = {};
  };
  size_t group_count() const noexcept { return groups_.size(); }
  const Group& group(size_t group) const { return groups_[group]; }
  size_t group_of(int layer) const { return group_of_layer_[size_t(layer)]; }

  /// A free page with one reference; grows the group when none is left. Throws Error memory.
  int acquire(size_t group);
  void share(size_t group, int page) { ++groups_[group].references[size_t(page)]; }
  void release(size_t group, int page);
  int references(size_t group, int page) const { return groups_[group].references[size_t(page)]; }
  /// An exclusive page with the same content.
  int copy(size_t group, int page);

  KvView view(int layer, const struct SequenceTable& table) const;
  int pages_in_use(size_t group) const noexcept { return int(groups_[group].references.size() - groups_[group].free.size()); }
  /// Of all groups.
  int64_t bytes_in_use() const noexcept;
  Backend& backend() const noexcept { return *backend_; }
  size_t layer_count() const noexcept { return layers_.size(); }
  /// [layer][slot]; empty when no layer carries a state.
  const std::vector<std::vector<Shape>>& state_shapes() const noexcept { return state_shapes_; }
  DType dtype() const noexcept { return dtype_; }
  /// Where the keys and values of cross-attention go; null: no layer has it.
  const std::shared_ptr<KvPool>& source_pool() const noexcept { return source_pool_; }

 private:
  void make_groups(bool causal);
  void grow(size_t group);

  static constexpr int kPagesPerSlab = 4;
  std::shared_ptr<Backend> backend_;
  std::shared_ptr<KvPool> source_pool_;
  std::vector<LayerSpec> layers_;
  std::vector<std::vector<Shape>> state_shapes_;
  DType dtype_;
  std::vector<std::vector<Tensor>> k_slabs_, v_slabs_;  // per layer
  std::vector<Group> groups_;
  std::vector<size_t> group_of_layer_;
};

/// One block as a panel draws it.
struct KvBlock {
  int page = 0;
  int64_t first_position = 0;
  int used = 0, references = 0;
};

class SeqState {
 public:
  static constexpr int64_t kWindowMargin = 64;  // tokens before the end that a sequence can be cut back to, whatever its windows

  explicit SeqState(std::shared_ptr<KvPool> pool);
  ~SeqState();
  SeqState(const SeqState&) = delete;
  SeqState& operator=(const SeqState&) = delete;

  /// Committed tokens.
  int64_t length() const noexcept { return length_; }
  /// Makes room for `rows` more, in pages nobody else shares.
  void reserve(int64_t rows);
  void commit(int64_t rows);
  /// Forgets everything from `length` on and returns the length kept: `length`, or where layers carry states or have given pages back, the
  /// newest position at or before it that the sequence can be continued at. What lies between is to be run again.
  int64_t truncate(int64_t length);
  /// Keeps the states and the windows at the committed length, so that truncate() comes back to it exactly. Costs nothing where no layer has
  /// any.
  void mark();
  std::unique_ptr<SeqState> fork() const;

  /// The page of each block of tokens, kGivenBack where there is none any more.
  static constexpr int kGivenBack = -1;
  std::span<const int> pages(size_t group = 0) const noexcept { return pages_[group]; }
  std::vector<KvBlock> blocks(size_t group = 0) const;
  KvPool& pool() const noexcept { return *pool_; }
  int64_t bytes() const noexcept;
  /// Whether the keys of `layer` at [from, to) are all there.
  bool holds(int layer, int64_t from, int64_t to) const noexcept;
  /// on: no page is given back from now on, so that attention of the past can be looked at.
  void hold_everything(bool on) noexcept { hold_everything_ = on; }
  /// Null: no layer carries a state.
  RecurrentState* recurrent() const noexcept { return recurrent_.get(); }

  /// Keys and values that cross-attention reads, made by Model::encode and shared by forks; null: nothing was encoded.
  SeqState* source() const noexcept { return source_.get(); }
  void set_source(std::shared_ptr<SeqState> source) { source_ = std::move(source); }
  /// Of a source that was encoded under a tape: what each layer wrote, for the way back.
  struct Written {
    Tensor k, v;                     // [tokens, kv_heads, head_dim]
  };
  void keep_written(int layer, Written rows);
  const Written& written(int layer) const;

  /// Queries kept for looking at attention later; null: capture is off.
  void keep_queries(bool on);
  KeptQueries* kept() const noexcept { return kept_.get(); }

 private:
  bool can_continue_at(int64_t position) const noexcept;
  int64_t continuable(int64_t position) const noexcept;
  void mark_windows();
  void give_back();

  std::shared_ptr<KvPool> pool_;
  std::vector<std::vector<int>> pages_;  // [group][block]
  std::vector<int64_t> marks_;           // ascending; the newest ones
  int64_t length_ = 0;
  bool windows_ = false, hold_everything_ = false;
  std::shared_ptr<SeqState> source_;
  std::unique_ptr<KeptQueries> kept_;
  std::unique_ptr<RecurrentState> recurrent_;
  std::vector<Written> written_;     // by layer
};

/// The block tables (one a group) and lengths of several sequences of one pool, on the device. Each length includes `rows[i]` rows about to be
/// written. A block whose page was given back points to one that is there: every window hides it.
struct SequenceTable {
  std::vector<Tensor> block_tables;
  Tensor lengths;
};
SequenceTable sequence_table(std::span<SeqState* const> states, std::span<const int64_t> rows);

}  // namespace vitrine
