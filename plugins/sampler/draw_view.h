// SPDX-License-Identifier: Apache-2.0
// The draw: all candidates side by side as one bar of length 1, the needle at the random number u, and a small table of
// what the chain did to the whole distribution.
#pragma once

#include <QWidget>

#include "plugins/sampler/sampler_model.h"

class QPainter;
class QRectF;

namespace vitrine {

class DrawView final : public QWidget {
  Q_OBJECT
 public:
  explicit DrawView(const SamplerModel& model, QWidget* parent = nullptr);
  void refresh();
  void paint(QPainter& painter, const QRectF& area) const;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent*) override;
  bool event(QEvent*) override;

 private:
  double paint_bar(QPainter& painter, const QRectF& area, double top) const;
  void paint_table(QPainter& painter, const QRectF& area, double top) const;
  const SamplerModel& model_;
};

}  // namespace vitrine
