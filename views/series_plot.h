// SPDX-License-Identifier: Apache-2.0
// Lines, steps or histograms over one axis: loss, entropy by token, weight values. Long series are drawn as their
// minimum and maximum per pixel, so that no peak is lost.
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <vector>

#include "views/api.h"

namespace vitrine::views {

struct Series {
  QString name;
  std::vector<double> x, y;  // x ascending, empty: 0, 1, 2, ...; NaN breaks the line
  enum class Style : uint8_t { line, dashed, steps, bars } style = Style::line;
  QColor color = {};  // invalid: lane colours in order
};

struct Axis {
  QString label;  // with its unit: "entropy, nats"
  bool logarithmic = false;
  double lowest = 0, highest = 0;  // equal: from the data
};

class VT_UI SeriesPlot : public QWidget {
  Q_OBJECT
 public:
  explicit SeriesPlot(const QString& accessible_name, QWidget* parent = nullptr);
  void set_series(std::vector<Series> series);
  const std::vector<Series>& series() const noexcept { return series_; }
  void set_axes(const Axis& x, const Axis& y);
  /// A vertical line: the selected token; NaN: none.
  void set_cursor(double x);
  void paint(QPainter& painter, const QRectF& area) const;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 signals:
  void clicked(double x);
  void hovered(double x);
  void cursor_moved(double x);  // arrow keys: the neighbouring x of the first series

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void keyPressEvent(QKeyEvent*) override;

 private:
  struct Frame {
    QRectF box;
    double x0 = 0, x1 = 1, y0 = 0, y1 = 1;
  };
  Frame frame_in(const QRectF& area) const;
  double to_x(const Frame& f, double value) const;
  double to_y(const Frame& f, double value) const;
  double value_at(double px) const;
  void paint_axes(QPainter& p, const Frame& f) const;
  void paint_line(QPainter& p, const Frame& f, const Series& s, const QColor& color) const;
  void paint_bars(QPainter& p, const Frame& f, const Series& s, const QColor& color) const;

  std::vector<Series> series_;
  Axis x_axis_, y_axis_;
  double cursor_;
};

/// Round numbers that divide [lowest, highest] into at most `most` steps.
VT_UI std::vector<double> nice_ticks(double lowest, double highest, int most, bool logarithmic = false);

}  // namespace vitrine::views
