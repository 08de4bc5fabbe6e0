// SPDX-License-Identifier: Apache-2.0
// A matrix as colour: row labels at the left, column labels turned on top, one framed row, a keyboard cursor. Cells
// that are NaN cannot be (causal mask) and are drawn in `mask`.
#pragma once

#include <QImage>
#include <QStringList>
#include <QWidget>
#include <vector>

#include "views/api.h"
#include "views/theme.h"

namespace vitrine::views {

struct Matrix {
  int rows = 0, cols = 0;
  std::vector<float> values;  // row-major, rows * cols; NaN: cannot be
  float at(int row, int col) const { return values[size_t(row) * size_t(cols) + size_t(col)]; }
};

/// How values become colours. With `logarithmic`, lowest must be positive; smaller values take the first colour.
struct VT_UI ColorScale {
  ColorMap map = ColorMap::viridis;  // signed_map: lowest = -highest
  double lowest = 0, highest = 1;
  bool logarithmic = false;
  /// Position in [0, 1]; NaN stays NaN.
  double position(double value) const noexcept;
  /// The theme's magnitude map when `map` is a magnitude.
  QRgb color(double value) const;
  bool operator==(const ColorScale&) const = default;
};

/// One pixel a cell, top row first.
VT_UI QImage matrix_image(const Matrix& matrix, const ColorScale& scale);

class VT_UI HeatmapView : public QWidget {
  Q_OBJECT
 public:
  explicit HeatmapView(const QString& accessible_name, QWidget* parent = nullptr);

  void set_matrix(Matrix matrix);
  const Matrix& matrix() const noexcept { return matrix_; }
  void set_scale(const ColorScale& scale);
  const ColorScale& scale() const noexcept { return scale_; }
  /// One a row / column, or empty. Labels that do not fit are left out.
  void set_labels(const QStringList& rows, const QStringList& columns);
  /// Gaps of a few pixels after these columns ("sink" and "prompt" set apart).
  void set_column_breaks(std::vector<int> after) { breaks_ = std::move(after), update(); }
  /// Cells never grow beyond this; 0: fill the room.
  void set_largest_cell(int logical_px) { largest_cell_ = logical_px, update(); }
  void set_square_cells(bool on) { square_ = on, update(); }
  /// The framed row and the cursor cell; -1: none.
  void set_selected_row(int row);
  void set_cursor(int row, int col);
  int cursor_row() const noexcept { return cursor_row_; }
  int cursor_column() const noexcept { return cursor_col_; }
  /// Where the cells are, in widget coordinates: to align other pictures with the columns.
  QRectF cells_rect() const;
  QRectF cell_rect(int row, int col) const;
  void paint(QPainter& painter, const QRectF& area) const;
  QSize sizeHint() const override { return {theme().px(400), theme().px(320)}; }
  QSize minimumSizeHint() const override { return {theme().px(120), theme().px(90)}; }

 signals:
  void cell_hovered(int row, int col);  // -1, -1: left
  void cell_clicked(int row, int col);
  void cell_activated(int row, int col);
  void cursor_moved(int row, int col);

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseDoubleClickEvent(QMouseEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void leaveEvent(QEvent*) override;
  void keyPressEvent(QKeyEvent*) override;

 private:
  struct Geometry {
    QRectF cells;
    double cell_w = 0, cell_h = 0;
    double left(int col) const { return cells.left() + col * cell_w + shift(col); }
    double shift(int col) const;
    const std::vector<int>* breaks = nullptr;
  };
  Geometry geometry_in(const QRectF& area) const;
  bool cell_at(const QPointF& at, int& row, int& col) const;
  void paint_labels(QPainter& painter, const QRectF& area, const Geometry& g) const;

  Matrix matrix_;
  ColorScale scale_;
  QStringList row_labels_, col_labels_;
  std::vector<int> breaks_;
  int largest_cell_ = 0, selected_row_ = -1, cursor_row_ = -1, cursor_col_ = -1;
  bool square_ = false;
};

/// The legend of a colour scale: the ramp, ticks with units, "linear" or "log", and what `mask` means.
class VT_UI ColorLegend : public QWidget {
  Q_OBJECT
 public:
  explicit ColorLegend(QWidget* parent = nullptr);
  /// `ticks`: value and text. `mask_text` empty: no mask box.
  void set_scale(const ColorScale& scale, const QString& title, const std::vector<std::pair<double, QString>>& ticks,
                 const QString& mask_text = {});
  void paint(QPainter& painter, const QRectF& area) const;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {theme().px(160), sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent*) override;

 private:
  ColorScale scale_;
  QString title_, mask_text_;
  std::vector<std::pair<double, QString>> ticks_;
};

}  // namespace vitrine::views
