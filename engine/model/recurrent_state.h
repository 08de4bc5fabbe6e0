// SPDX-License-Identifier: Apache-2.0
// What the layers of one sequence carry along time besides keys and values. A committed tensor is never written again: each step makes
// new ones, so a fork or a snapshot is a handful of handles, and what a cancelled step wrote is simply not kept.
// A state cannot be cut: truncate() goes back to the newest snapshot at or before a position, and the caller runs what is missing again.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/model/spec.h"

namespace vitrine {

class RecurrentState {
 public:
  /// shapes[layer][slot].
  explicit RecurrentState(std::vector<std::vector<Shape>> shapes);

  const std::vector<Shape>& shapes(int layer) const { return shapes_[size_t(layer)]; }
  /// The state at the committed length; undefined at length 0.
  const Tensor& at(int layer, int slot) const { return current_[index(layer, slot)]; }
  /// What it becomes when the step is committed.
  void write(int layer, int slot, Tensor state) { pending_[index(layer, slot)] = std::move(state); }

  /// The pending states become current; before a chunk, after one and now and then in between the old ones stay as a snapshot.
  void commit(int64_t length_before, int64_t rows);
  /// Keeps the state at `length`, the committed length, to come back to.
  void mark(int64_t length);
  /// Back to the newest snapshot at or before `length`; returns its position (0: the beginning).
  int64_t truncate(int64_t length);

  int64_t bytes() const noexcept;

 private:
  struct Snapshot {
    int64_t position = 0;
    std::vector<Tensor> states;
  };
  size_t index(int layer, int slot) const { return first_[size_t(layer)] + size_t(slot); }
  int64_t bytes_of_one() const noexcept;
  void thin_out(int64_t length);

  static constexpr int64_t kStride = 64;                 // tokens between snapshots while tokens come one by one
  static constexpr size_t kMostSnapshots = 12, kFewestSnapshots = 3;
  static constexpr int64_t kSnapshotBytes = 256 << 20;

  std::vector<std::vector<Shape>> shapes_;
  std::vector<size_t> first_;                            // index of each layer's first slot
  std::vector<Tensor> current_, pending_;
  std::vector<Snapshot> snapshots_;                      // by position
  int64_t last_rows_ = 0;
};

/// The state tensors of a layer, slot by slot; empty: it carries none. dim: width of the model.
std::vector<Shape> state_shapes(const LayerSpec& layer, int64_t dim);
/// Bytes that one sequence carries, whatever its length.
VT_API int64_t state_bytes(const ModelSpec& spec);

}  // namespace vitrine
