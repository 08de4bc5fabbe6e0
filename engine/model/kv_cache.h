// SPDX-License-Identifier: Apache-2.0
// The paged KV cache. A KvPool holds pages for all layers of a model; a SeqState is one sequence's list of pages, and beside it the
// states of layers that carry one (recurrent_state.h).
// Rows are written beyond the committed length and become real by commit(); a cancelled step leaves nothing behind.
// fork() shares pages and copies one only when it is written (copy on write), so beams and edited answers cost their difference.
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

  KvPool(std::shared_ptr<Backend> backend, const ModelSpec& spec, DType dtype);

  /// A free page with one reference; grows the pool when none is left. Throws Error memory.
  int acquire();
  void share(int page) { ++references_[size_t(page)]; }
  void release(int page);
  int references(int page) const { return references_[size_t(page)]; }
  /// An exclusive page with the same content.
  int copy(int page);

  KvView view(int layer, const Tensor& block_table, const Tensor& lengths) const;
  int64_t bytes_per_page() const noexcept { return bytes_per_page_; }
  int pages_in_use() const noexcept { return int(references_.size() - free_.size()); }
  Backend& backend() const noexcept { return *backend_; }
  size_t layer_count() const noexcept { return layers_.size(); }
  /// [layer][slot]; empty when no layer carries a state.
  const std::vector<std::vector<Shape>>& state_shapes() const noexcept { return state_shapes_; }
  DType dtype() const noexcept { return dtype_; }
  /// Where the keys and values of cross-attention go; null: no layer has it.
  const std::shared_ptr<KvPool>& source_pool() const noexcept { return source_pool_; }

 private:
  void grow();

  static constexpr int kPagesPerSlab = 4;
  std::shared_ptr<Backend> backend_;
  std::shared_ptr<KvPool> source_pool_;
  std::vector<LayerSpec> layers_;
  std::vector<std::vector<Shape>> state_shapes_;
  DType dtype_;
  std::vector<std::vector<Tensor>> k_slabs_, v_slabs_;  // per layer
  std::vector<int> references_, free_;
  int64_t bytes_per_page_ = 0;
};

/// One block as a panel draws it.
struct KvBlock {
  int page = 0;
  int64_t first_position = 0;
  int used = 0, references = 0;
};

class SeqState {
 public:
  explicit SeqState(std::shared_ptr<KvPool> pool);
  ~SeqState();
  SeqState(const SeqState&) = delete;
  SeqState& operator=(const SeqState&) = delete;

  /// Committed tokens.
  int64_t length() const noexcept { return length_; }
  /// Makes room for `rows` more, in pages nobody else shares.
  void reserve(int64_t rows);
  void commit(int64_t rows);
  /// Forgets everything from `length` on and returns the length kept: `length`, or where layers carry states, the position of the
  /// newest snapshot at or before it. What lies between is to be run again.
  int64_t truncate(int64_t length);
  /// Keeps the states at the committed length, so that truncate() comes back to it exactly. Costs nothing where no layer carries one.
  void mark();
  std::unique_ptr<SeqState> fork() const;

  std::span<const int> pages() const noexcept { return pages_; }
  std::vector<KvBlock> blocks() const;
  KvPool& pool() const noexcept { return *pool_; }
  int64_t bytes() const noexcept { return int64_t(pages_.size()) * pool_->bytes_per_page() + (recurrent_ ? recurrent_->bytes() : 0); }
  /// Null: no layer carries a state.
  RecurrentState* recurrent() const noexcept { return recurrent_.get(); }

  /// Keys and values that cross-attention reads, made by Model::encode and shared by forks; null: nothing was encoded.
  SeqState* source() const noexcept { return source_.get(); }
  void set_source(std::shared_ptr<SeqState> source) { source_ = std::move(source); }

  /// Queries kept for looking at attention later; null: capture is off.
  void keep_queries(bool on);
  KeptQueries* kept() const noexcept { return kept_.get(); }

 private:
  std::shared_ptr<KvPool> pool_;
  std::vector<int> pages_;
  int64_t length_ = 0;
  std::shared_ptr<SeqState> source_;
  std::unique_ptr<KeptQueries> kept_;
  std::unique_ptr<RecurrentState> recurrent_;
};

/// The block table and lengths of several sequences of one pool, on the device. Each length includes `rows[i]` rows about to be written.
struct SequenceTable {
  Tensor block_table, lengths;
};
SequenceTable sequence_table(std::span<SeqState* const> states, std::span<const int64_t> rows);

}  // namespace vitrine
