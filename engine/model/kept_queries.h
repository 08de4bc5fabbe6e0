// SPDX-License-Identifier: Apache-2.0
// The queries (f16) and log-sum-exp (f32) of every attention row of a sequence: with the keys still in the cache any attention
// probability is exp(q.k scale - lse), exactly, for any tile, without the layers being run again.
#pragma once

#include <memory>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/model/spec.h"

namespace vitrine {

/// Where the cross-attention of a layer is kept: behind the slots of all layers' own.
inline int cross_slot(const std::vector<LayerSpec>& layers, int layer) { return int(layers.size()) + layer; }

class KeptQueries {
 public:
  static constexpr int kBlockRows = 64;

  /// A slot a layer, and one more each where layers have cross-attention.
  KeptQueries(Backend& backend, size_t slots) : backend_(&backend), layers_(slots) {}

  /// Rows [position, position + rows) of q [step rows, heads, head_dim] and lse [step rows, heads], starting at step row first_row.
  void write(int layer, int64_t position, const Tensor& q, const Tensor& lse, int64_t first_row, int64_t rows);
  void truncate(int64_t length);
  std::unique_ptr<KeptQueries> fork() const { return std::make_unique<KeptQueries>(*this); }

  struct Rows {
    Tensor q, lse;  // [rows, heads, head_dim] f16, [rows, heads] f32
  };
  /// True when rows [from, to) of the layer were all kept.
  bool covers(int layer, int64_t from, int64_t to) const noexcept;
  Rows rows(int layer, int64_t from, int64_t to) const;
  int64_t bytes() const noexcept;

 private:
  struct Block {
    Tensor q, lse;
  };
  struct Layer {
    int64_t first = 0, length = 0;  // rows [first, length) are there
    std::vector<std::shared_ptr<Block>> blocks;
  };
  Block& writable(Layer& layer, size_t block, const Tensor& q, const Tensor& lse);

  Backend* backend_;
  std::vector<Layer> layers_;
};

}  // namespace vitrine
