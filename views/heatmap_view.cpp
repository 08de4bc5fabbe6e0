// SPDX-License-Identifier: Apache-2.0
// Large matrices are one scaled image; cells of six pixels and more get a gap of one.
#include "views/heatmap_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace vitrine::views {

double ColorScale::position(double value) const noexcept {
  if (std::isnan(value)) return value;
  double at;
  if (map == ColorMap::signed_map)
    at = (value / (highest == 0 ? 1 : highest) + 1) / 2;
  else if (logarithmic)
    at = value <= lowest ? 0 : std::log(value / lowest) / std::log(highest / lowest);
  else
    at = (value - lowest) / (highest == lowest ? 1 : highest - lowest);
  return std::clamp(at, 0.0, 1.0);
}

QRgb ColorScale::color(double value) const {
  const double at = position(value);
  if (std::isnan(at)) return colors().mask.rgb();
  const ColorMap used = map == ColorMap::signed_map ? map : theme().magnitude_map();
  return theme().table(used)[size_t(std::lround(at * 255))];
}

QImage matrix_image(const Matrix& matrix, const ColorScale& scale) {
  QImage image(std::max(1, matrix.cols), std::max(1, matrix.rows), QImage::Format_RGB32);
  image.fill(colors().mask);
  for (int r = 0; r < matrix.rows; ++r) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(r));
    for (int c = 0; c < matrix.cols; ++c) line[c] = scale.color(double(matrix.at(r, c)));
  }
  return image;
}

HeatmapView::HeatmapView(const QString& accessible_name, QWidget* parent) : QWidget(parent) {
  setAccessibleName(accessible_name);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  connect(&theme(), &Theme::changed, this, [this] { update(); });
}

void HeatmapView::set_matrix(Matrix matrix) {
  matrix_ = std::move(matrix);
  cursor_row_ = std::min(cursor_row_, matrix_.rows - 1);
  cursor_col_ = std::min(cursor_col_, matrix_.cols - 1);
  update();
}

void HeatmapView::set_scale(const ColorScale& scale) {
  scale_ = scale;
  update();
}

void HeatmapView::set_labels(const QStringList& rows, const QStringList& columns) {
  row_labels_ = rows;
  col_labels_ = columns;
  update();
}

void HeatmapView::set_selected_row(int row) {
  if (row == selected_row_) return;
  selected_row_ = row;
  update();
}

void HeatmapView::set_cursor(int row, int col) {
  cursor_row_ = row;
  cursor_col_ = col;
  update();
}

double HeatmapView::Geometry::shift(int col) const {
  double sum = 0;
  for (const int after : *breaks)
    if (col > after) sum += theme().px(5);
  return sum;
}

HeatmapView::Geometry HeatmapView::geometry_in(const QRectF& area) const {
  Geometry g;
  g.breaks = &breaks_;
  const QFontMetricsF metrics(theme().mono());
  double left = 0, top = 0;
  for (const QString& label : row_labels_) left = std::max(left, metrics.horizontalAdvance(label));
  for (const QString& label : col_labels_) top = std::max(top, metrics.horizontalAdvance(label));
  left = std::min(left, area.width() * 0.3) + (row_labels_.isEmpty() ? 0 : theme().px(12));
  top = std::min(top, area.height() * 0.3) + (col_labels_.isEmpty() ? 0 : theme().px(8));
  const double width = area.width() - left - theme().px(4) - double(breaks_.size()) * theme().px(5);
  const double height = area.height() - top - theme().px(4);
  g.cell_w = std::max(0.0, width) / std::max(1, matrix_.cols);
  g.cell_h = std::max(0.0, height) / std::max(1, matrix_.rows);
  if (largest_cell_ > 0) {
    g.cell_w = std::min(g.cell_w, double(theme().px(largest_cell_)));
    g.cell_h = std::min(g.cell_h, double(theme().px(largest_cell_)));
  }
  if (square_) g.cell_w = g.cell_h = std::min(g.cell_w, g.cell_h);
  if (g.cell_w >= 6) g.cell_w = std::floor(g.cell_w);
  if (g.cell_h >= 6) g.cell_h = std::floor(g.cell_h);
  g.cells = QRectF(area.left() + std::ceil(left), area.top() + std::ceil(top),
                   g.cell_w * matrix_.cols + g.shift(matrix_.cols), g.cell_h * matrix_.rows);
  return g;
}

QRectF HeatmapView::cells_rect() const { return geometry_in(QRectF(rect())).cells; }

QRectF HeatmapView::cell_rect(int row, int col) const {
  const Geometry g = geometry_in(QRectF(rect()));
  return {g.left(col), g.cells.top() + row * g.cell_h, g.cell_w, g.cell_h};
}

void HeatmapView::paint_labels(QPainter& p, const QRectF& area, const Geometry& g) const {
  const Colors& k = colors();
  const QFontMetricsF metrics(theme().mono());
  if (!row_labels_.isEmpty() && g.cell_h > 0) {
    const int every = std::max(1, int(std::ceil(metrics.height() * 0.85 / g.cell_h)));
    for (int r = 0; r < std::min(matrix_.rows, int(row_labels_.size())); ++r) {
      const bool chosen = r == selected_row_;
      if (r % every != 0 && !chosen) continue;
      const QRectF box(area.left(), g.cells.top() + r * g.cell_h, g.cells.left() - area.left() - theme().px(6),
                       g.cell_h);
      if (chosen) p.fillRect(box.adjusted(0, 0, theme().px(6), 0), k.sel);
      p.setFont(theme().mono(Type::base, chosen));
      p.setPen(k.t1);
      const QString text = metrics.elidedText(row_labels_[r], Qt::ElideRight, box.width());
      p.drawText(box.adjusted(0, -6, 0, 6), Qt::AlignRight | Qt::AlignVCenter, text);
    }
  }
  if (!col_labels_.isEmpty() && g.cell_w > 0) {
    const int every = std::max(1, int(std::ceil(metrics.height() * 0.85 / g.cell_w)));
    p.setFont(theme().mono());
    for (int c = 0; c < std::min(matrix_.cols, int(col_labels_.size())); c += every) {
      p.save();
      p.translate(g.left(c) + g.cell_w / 2, g.cells.top() - theme().px(4));
      p.rotate(-90);
      p.setPen(c == cursor_col_ ? k.accent_ink : k.t1);
      const double room = g.cells.top() - area.top() - theme().px(4);
      p.drawText(QRectF(0, -metrics.height() / 2, room, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                 metrics.elidedText(col_labels_[c], Qt::ElideRight, room));
      p.restore();
    }
  }
}

void HeatmapView::paint(QPainter& p, const QRectF& area) const {
  if (matrix_.rows <= 0 || matrix_.cols <= 0) return;
  const Geometry g = geometry_in(area);
  paint_labels(p, area, g);
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setRenderHint(QPainter::SmoothPixmapTransform, false);
  if (g.cell_w >= 6 && g.cell_h >= 6) {
    for (int r = 0; r < matrix_.rows; ++r)
      for (int c = 0; c < matrix_.cols; ++c)
        p.fillRect(QRectF(g.left(c), g.cells.top() + r * g.cell_h, g.cell_w - 1, g.cell_h - 1),
                   QColor::fromRgb(scale_.color(double(matrix_.at(r, c)))));
  } else {
    p.drawImage(g.cells, matrix_image(matrix_, scale_));
  }
  p.setBrush(Qt::NoBrush);
  if (selected_row_ >= 0 && selected_row_ < matrix_.rows) {
    p.setPen(QPen(colors().accent, 2));
    p.drawRect(QRectF(g.cells.left() - 1, g.cells.top() + selected_row_ * g.cell_h - 1, g.cells.width() + 1,
                      std::max(3.0, g.cell_h + 1)));
  }
  if (cursor_row_ >= 0 && cursor_col_ >= 0) {
    p.setPen(QPen(colors().t1, 1));
    p.drawRect(QRectF(g.left(cursor_col_) - 1, g.cells.top() + cursor_row_ * g.cell_h - 1, g.cell_w + 1, g.cell_h + 1));
  }
}

void HeatmapView::paintEvent(QPaintEvent*) {
  QPainter p(this);
  paint(p, QRectF(rect()));
  if (hasFocus()) {
    p.setPen(QPen(colors().accent, 2));
    p.setBrush(Qt::NoBrush);
    p.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
  }
}

bool HeatmapView::cell_at(const QPointF& at, int& row, int& col) const {
  const Geometry g = geometry_in(QRectF(rect()));
  if (g.cell_w <= 0 || g.cell_h <= 0 || !g.cells.contains(at)) return false;
  row = std::clamp(int((at.y() - g.cells.top()) / g.cell_h), 0, matrix_.rows - 1);
  for (col = 0; col < matrix_.cols; ++col)
    if (at.x() < g.left(col) + g.cell_w) return true;
  col = matrix_.cols - 1;
  return true;
}

void HeatmapView::mousePressEvent(QMouseEvent* event) {
  int row = 0, col = 0;
  if (!cell_at(event->position(), row, col)) return;
  set_cursor(row, col);
  emit cell_clicked(row, col);
}

void HeatmapView::mouseDoubleClickEvent(QMouseEvent* event) {
  int row = 0, col = 0;
  if (cell_at(event->position(), row, col)) emit cell_activated(row, col);
}

void HeatmapView::mouseMoveEvent(QMouseEvent* event) {
  int row = -1, col = -1;
  if (!cell_at(event->position(), row, col)) row = col = -1;
  emit cell_hovered(row, col);
}

void HeatmapView::leaveEvent(QEvent*) { emit cell_hovered(-1, -1); }

void HeatmapView::keyPressEvent(QKeyEvent* event) {
  int row = std::max(0, cursor_row_), col = std::max(0, cursor_col_);
  switch (event->key()) {
    case Qt::Key_Left:
      --col;
      break;
    case Qt::Key_Right:
      ++col;
      break;
    case Qt::Key_Up:
      --row;
      break;
    case Qt::Key_Down:
      ++row;
      break;
    case Qt::Key_Home:
      col = 0;
      break;
    case Qt::Key_End:
      col = matrix_.cols - 1;
      break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (cursor_row_ >= 0) emit cell_activated(cursor_row_, cursor_col_);
      return;
    default:
      QWidget::keyPressEvent(event);
      return;
  }
  if (matrix_.rows <= 0 || matrix_.cols <= 0) return;
  set_cursor(std::clamp(row, 0, matrix_.rows - 1), std::clamp(col, 0, matrix_.cols - 1));
  emit cursor_moved(cursor_row_, cursor_col_);
}

}  // namespace vitrine::views
