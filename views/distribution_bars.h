// SPDX-License-Identifier: Apache-2.0
// Rows of label, bar and number: next-token alternatives, keys a position looks at, shares that sum to one.
#pragma once

#include <QColor>
#include <QWidget>
#include <cmath>
#include <vector>

#include "views/api.h"

namespace vitrine::views {

struct BarRow {
  QString label = {};
  double value = 0;              // 0..1, or any non-negative with set_highest()
  QString value_text = {};       // empty: percent(value)
  double before = std::nan("");  // a second, thinner grey bar above (paired bars); NaN: none
  QString note = {};             // after the number: "removed by top-p"
  QString prefix = {};           // a narrow column before the label: a position
  bool highlighted = false;      // accent instead of t2
  bool struck = false;           // removed: label struck out, bar hatched
  QColor color = {};             // of a lane or owner; invalid: as highlighted says
};

class VT_UI DistributionBars : public QWidget {
  Q_OBJECT
 public:
  explicit DistributionBars(const QString& accessible_name, QWidget* parent = nullptr);
  void set_rows(std::vector<BarRow> rows);
  const std::vector<BarRow>& rows() const noexcept { return rows_; }
  /// The value that fills a bar; 1 by default.
  void set_highest(double value);
  /// A square-root length, so that small values stay visible; the legend must say so.
  void set_square_root(bool on);
  void set_selected(int row);
  int selected() const noexcept { return selected_; }
  /// Draws the rows into a rectangle, for export.
  void paint(QPainter& painter, const QRectF& area) const;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 signals:
  void row_clicked(int row);
  void row_activated(int row);  // double click or Enter

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseDoubleClickEvent(QMouseEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void leaveEvent(QEvent*) override;

 private:
  int row_height() const;
  int row_at(double y) const;
  double length(double value) const;
  std::vector<BarRow> rows_;
  double highest_ = 1;
  bool square_root_ = false;
  int selected_ = -1, hovered_ = -1;
};

}  // namespace vitrine::views
