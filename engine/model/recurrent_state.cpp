// SPDX-License-Identifier: Apache-2.0
#include "engine/model/recurrent_state.h"

#include <algorithm>

namespace vitrine {

RecurrentState::RecurrentState(std::vector<std::vector<Shape>> shapes) : shapes_(std::move(shapes)) {
  size_t count = 0;
  for (const std::vector<Shape>& layer : shapes_) {
    first_.push_back(count);
    count += layer.size();
  }
  current_.resize(count);
  pending_.resize(count);
}

void RecurrentState::commit(int64_t length_before, int64_t rows) {
  for (const Tensor& state : pending_) VT_CHECK(state.defined(), "commit of a step that left a state unwritten");
  if (rows > 1 || last_rows_ > 1 || length_before % kStride == 0) mark(length_before);
  current_ = std::move(pending_);
  pending_.assign(current_.size(), {});
  last_rows_ = rows;
}

void RecurrentState::mark(int64_t length) {
  if (length == 0 || (!snapshots_.empty() && snapshots_.back().position == length)) return;
  snapshots_.push_back({length, current_});
  thin_out(length);
}

/// Drops the snapshot whose absence costs least: the one with the smallest gap for its distance from the end. The newest two stay.
void RecurrentState::thin_out(int64_t length) {
  const size_t affordable = size_t(kSnapshotBytes / std::max<int64_t>(bytes_of_one(), 1));
  const size_t most = std::clamp(affordable, kFewestSnapshots, kMostSnapshots);
  while (snapshots_.size() > most) {
    size_t worst = 0;
    double least = 0;
    for (size_t i = 0; i + 2 < snapshots_.size(); ++i) {
      const int64_t before = i ? snapshots_[i - 1].position : 0;
      const double worth = double(snapshots_[i + 1].position - before) / double(length - snapshots_[i].position + 1);
      if (i == 0 || worth < least) least = worth, worst = i;
    }
    snapshots_.erase(snapshots_.begin() + int64_t(worst));
  }
}

int64_t RecurrentState::truncate(int64_t length) {
  while (!snapshots_.empty() && snapshots_.back().position > length) snapshots_.pop_back();
  last_rows_ = 0;
  if (snapshots_.empty()) {
    current_.assign(current_.size(), {});
    return 0;
  }
  current_ = snapshots_.back().states;
  return snapshots_.back().position;
}

int64_t RecurrentState::bytes_of_one() const noexcept {
  int64_t bytes = 0;
  for (const Tensor& state : current_) bytes += state.defined() ? state.nbytes() : 0;
  return bytes;
}

int64_t RecurrentState::bytes() const noexcept { return bytes_of_one() * int64_t(1 + snapshots_.size()); }

std::vector<Shape> state_shapes(const LayerSpec& layer, int64_t dim) {
  std::vector<Shape> shapes;
  switch (layer.mixer) {
    case Mixer::mamba: shapes = {{layer.mamba.taps, layer.mamba.inner}, {layer.mamba.state, layer.mamba.inner}}; break;
    case Mixer::mamba2: {
      const Mamba2Spec& m = layer.mamba2;
      shapes = {{m.taps, m.inner + 2 * m.groups * m.state}, {m.state, m.inner}};
      break;
    }
    case Mixer::rwkv: shapes = {{2, dim}, {3, layer.rwkv.width}}; break;
    case Mixer::rg_lru: shapes = {{layer.rg_lru.taps, layer.rg_lru.width}, {1, layer.rg_lru.width}}; break;
    case Mixer::short_conv: shapes = {{layer.short_conv.taps, dim}}; break;
    case Mixer::gated_delta: {
      const GatedDeltaSpec& d = layer.gated_delta;
      shapes = {{d.taps, 2 * d.key_heads * d.key_dim + d.heads * d.value_dim}, {d.heads * d.key_dim, d.value_dim}};
      break;
    }
    default: break;
  }
  if (layer.ffn == Ffn::channel_mix) shapes.push_back({2, dim});
  return shapes;
}

int64_t state_bytes(const ModelSpec& spec) {
  int64_t values = 0;
  for (const LayerSpec& layer : spec.layers())
    for (const Shape& shape : state_shapes(layer, spec.dim)) values += shape.numel();
  return values * int64_t(sizeof(float));
}

}  // namespace vitrine
