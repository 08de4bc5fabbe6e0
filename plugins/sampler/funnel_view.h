// SPDX-License-Identifier: Apache-2.0
// The funnel: how many candidates each stage left (bar width = log count), the mass it took hatched between the bars,
// and the numbers beside it. Rows are aligned with the rows of the stages.
#pragma once

#include <QPainterPath>
#include <QRectF>
#include <QWidget>

#include "plugins/sampler/sampler_model.h"

class QPainter;

namespace vitrine {

/// Fills an area as removed mass: hatched, so that it can be told without colour.
void paint_removed(QPainter& painter, const QPainterPath& area);

struct FunnelShape {
  double header = 28, start = 28, row = 50;
  double height(int rows) const { return header + start + rows * row; }
};

class FunnelView final : public QWidget {
  Q_OBJECT
 public:
  explicit FunnelView(const SamplerModel& model, QWidget* parent = nullptr);
  void set_shape(const FunnelShape& shape);
  void refresh();
  void paint(QPainter& painter, const QRectF& area, const FunnelShape& shape) const;

 signals:
  void row_hovered(int row);

 protected:
  void paintEvent(QPaintEvent*) override;
  bool event(QEvent*) override;

 private:
  void paint_numbers(QPainter& painter, const QRectF& row, const FunnelStep& step, double removed_left,
                     double removed_width) const;
  const SamplerModel& model_;
  FunnelShape shape_;
};

}  // namespace vitrine
