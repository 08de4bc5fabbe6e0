// SPDX-License-Identifier: Apache-2.0
// Clamping and signalling of the shared cursor.
#include "plugins/api/selection.h"

#include <algorithm>

namespace vitrine {

Selection::Selection(QObject* parent) : QObject(parent) {}

void Selection::set_extent(int layers, int heads) {
  layers_ = std::max(0, layers);
  heads_ = std::max(0, heads);
  set_layer_head(layer_, head_);
}

void Selection::set_positions(qint64 count) {
  positions_ = std::max<qint64>(0, count);
  if (position_ >= positions_) set_position(positions_ - 1);
}

void Selection::set_lane(LaneId lane) {
  if (lane == lane_) return;
  lane_ = lane;
  emit lane_changed(lane);
  emit changed();
}

void Selection::set_position(qint64 position) {
  const qint64 to = std::clamp<qint64>(position, -1, positions_ - 1);
  if (to == position_) return;
  position_ = to;
  emit position_changed(to);
  emit changed();
}

void Selection::set_layer(int layer) { set_layer_head(layer, head_); }
void Selection::set_head(int head) { set_layer_head(layer_, head); }

void Selection::set_layer_head(int layer, int head) {
  const int to_layer = std::clamp(layer, 0, std::max(0, layers_ - 1));
  const int to_head = std::clamp(head, 0, std::max(0, heads_ - 1));
  const bool layer_moves = to_layer != layer_, head_moves = to_head != head_;
  layer_ = to_layer;
  head_ = to_head;
  if (layer_moves) emit layer_changed(layer_);
  if (head_moves) emit head_changed(head_);
  if (layer_moves || head_moves) emit changed();
}

void Selection::set_tensor(const QString& canonical) {
  if (canonical == tensor_) return;
  tensor_ = canonical;
  emit tensor_changed(tensor_);
  emit changed();
}

void Selection::move_position(qint64 by) {
  if (positions_ == 0 || by == 0) return;
  if (position_ < 0)
    set_position(by > 0 ? 0 : positions_ - 1);
  else
    set_position(std::clamp<qint64>(position_ + by, 0, positions_ - 1));
}

void Selection::move_layer(int by) { set_layer(layer_ + by); }
void Selection::move_head(int by) { set_head(head_ + by); }

void Selection::clear() {
  set_position(-1);
  set_tensor({});
}

}  // namespace vitrine
