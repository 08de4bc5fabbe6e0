// SPDX-License-Identifier: Apache-2.0
// One head under the hand: pointing, clicking, panning, zooming and walking with the keyboard. The numbers are the
// model's, the shapes the layout's.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QPoint>

#include "plugins/attention/matrix_layout.h"

class QKeyEvent;
class QMouseEvent;
class QWheelEvent;
class QWidget;

namespace vitrine {

class SceneView;

class MatrixView : public QObject {
  Q_OBJECT
 public:
  MatrixView(const AttentionModel& model, QWidget* parent);
  QWidget* widget() const;
  /// Draws what the model knows now.
  void refresh();
  /// The part shown at the present size.
  const AttentionRegion& region() const noexcept { return layout_.region; }
  const MatrixLayout& layout() const noexcept { return layout_; }
  const AttentionPixels& pixels() const noexcept { return pixels_; }
  /// The selected row comes into view when it is not.
  void show_row();
  void zoom(int by);
  void reset_zoom();
  void fit();
  int64_t key_cursor() const noexcept { return marks_.key; }
  void set_key_cursor(int64_t key);
  /// The picture for a rectangle of another size: exports.
  Scene scene_for(const QSizeF& size) const;
  /// "answer token 30 'cache' looks at 21 'stores': 52.3 % (0.5231)"
  QString describe(const MatrixHit& at) const;
  void set_language_texts();

  QJsonObject save() const;
  void restore(const QJsonObject& state);

 signals:
  void row_chosen(qint64 position);
  void moved_by(qint64 rows);
  void region_changed();
  void key_cursor_moved();

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  bool press(const QMouseEvent& event);
  bool move(const QMouseEvent& event);
  bool release(const QMouseEvent& event);
  bool wheel(const QWheelEvent& event);
  bool key(const QKeyEvent& event);
  void menu(const QPoint& global, const MatrixHit& at);
  void pan(int64_t rows, int64_t keys);
  void zoom_about(const QPointF& at, int by);
  void set_hovered(const MatrixHit& at);
  void move_key(int by);
  int64_t position_of_row(const MatrixHit& at) const;
  int64_t key_of(const MatrixHit& at) const;
  Scene scene(const MatrixLayout& layout, const AttentionPixels& pixels, const MatrixMarks& marks) const;

  const AttentionModel& model_;
  SceneView* view_;
  MatrixZoom zoom_;
  MatrixLayout layout_;
  AttentionPixels pixels_;
  MatrixMarks marks_;
  QPointF pressed_at_;
  int64_t pressed_row_ = 0, pressed_key_ = 0;
  bool pressed_ = false, dragging_ = false;
};

}  // namespace vitrine
