// SPDX-License-Identifier: Apache-2.0
// The shared cursor of the workbench: lane, token position, layer, head, tensor. Whatever is selected here is selected
// in every panel. Selecting never re-runs the model. Values outside the current extent are clamped; -1 means "nothing".
#pragma once

#include <QObject>
#include <QString>

#include "engine/core/api.h"
#include "engine/run/command.h"

namespace vitrine {

class VT_API Selection : public QObject {
  Q_OBJECT
 public:
  explicit Selection(QObject* parent = nullptr);

  LaneId lane() const noexcept { return lane_; }
  /// Index into the lane's tokens (prompt included), -1: no token selected.
  qint64 position() const noexcept { return position_; }
  int layer() const noexcept { return layer_; }
  int head() const noexcept { return head_; }
  /// Canonical name of a stored tensor ("layers.3.attn.wq"); empty: none.
  const QString& tensor() const noexcept { return tensor_; }

  int layers() const noexcept { return layers_; }
  int heads() const noexcept { return heads_; }
  qint64 positions() const noexcept { return positions_; }
  bool has_token() const noexcept { return position_ >= 0; }

  /// What can be selected; the shell sets it from the model's facts and the lane's length.
  void set_extent(int layers, int heads);
  void set_positions(qint64 count);

 public slots:
  void set_lane(vitrine::LaneId lane);
  void set_position(qint64 position);
  void set_layer(int layer);
  void set_head(int head);
  void set_tensor(const QString& canonical);
  void set_layer_head(int layer, int head);
  /// Arrow keys. From nothing, a positive step selects the first token, a negative one the last.
  void move_position(qint64 by);
  void move_layer(int by);
  void move_head(int by);
  /// Esc: no token, no tensor; layer and head stay.
  void clear();

 signals:
  void lane_changed(vitrine::LaneId lane);
  void position_changed(qint64 position);
  void layer_changed(int layer);
  void head_changed(int head);
  void tensor_changed(const QString& canonical);
  /// After any of the above, once per call.
  void changed();

 private:
  LaneId lane_ = 0;
  qint64 position_ = -1, positions_ = 0;
  int layer_ = 0, head_ = 0, layers_ = 0, heads_ = 0;
  QString tensor_;
};

}  // namespace vitrine
