// SPDX-License-Identifier: Apache-2.0
// All heads as small multiples: one thumbnail a head, layers upwards, the selected one outlined. Arrow keys walk, a
// click selects.
#pragma once

#include <QObject>
#include <QPointF>
#include <QSize>

#include "plugins/attention/attention_model.h"
#include "plugins/attention/scene.h"

class QWidget;

namespace vitrine {

class SceneView;

class HeadsView : public QObject {
  Q_OBJECT
 public:
  HeadsView(const AttentionModel& model, QWidget* parent);
  QWidget* widget() const;
  void refresh();
  /// Chooses the size of the thumbnails for this room and fixes the widget's height.
  void fit_into(int width, int most_height);
  /// Device pixels a side.
  int thumb_pixels() const;
  Scene scene_for(const QSizeF& size) const;
  void set_language_texts();

 signals:
  void head_chosen(int layer, int head);

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  /// Thumbnails in blocks side by side, so that many layers of few heads fill the room: block 0 has the highest layers.
  struct Grid {
    double left = 0, top = 0, thumb = 0, pitch = 0, block_width = 0;
    int layer_from = 0, layer_to = 0, heads = 0, blocks = 1, block_layers = 0;
    int first_layer_row = 0, first_head = 0, shown_rows = 0, shown_heads = 0;
    bool operator==(const Grid&) const = default;
    QPointF place(int block, int row, int column) const {
      return {left + block * block_width + column * pitch, top + row * pitch};
    }
    /// -1: there is none.
    int layer(int block, int row) const;
  };
  /// What the thumbnails' pixels are made of.
  struct Made {
    Grid grid;
    QSize size;
    double ratio = 0;
    LaneId lane = 0;
    Inspect::Attention of = Inspect::Attention::self;
    int64_t version = 0;
    bool logarithmic = false;
    QRgb mask = 0, lowest = 0;  // stand for theme and colour map
    bool operator==(const Made&) const = default;
  };
  Grid grid(const QSizeF& size) const;
  QImage thumbs(const Grid& grid, const QSizeF& size) const;
  int most_heads() const;
  bool head_at(const QPointF& at, int& layer, int& head) const;
  void draw_thumb(QImage& image, const QRect& box, int layer, int head) const;
  QString describe(int layer, int head) const;

  const AttentionModel& model_;
  SceneView* view_;
  int thumb_ = 34, blocks_ = 1;
  mutable QImage kept_;  // as `made_` says: selecting a head draws no pixel again
  mutable Made made_;
};

}  // namespace vitrine
