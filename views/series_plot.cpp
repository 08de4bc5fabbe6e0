// SPDX-License-Identifier: Apache-2.0
// Grid one pixel, data two, labels in the small face; the range is widened by a twentieth unless it was given.
#include "views/series_plot.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <limits>

#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine::views {
namespace {

double x_of(const Series& s, size_t i) { return s.x.empty() ? double(i) : s.x[i]; }
size_t length(const Series& s) { return s.x.empty() ? s.y.size() : std::min(s.x.size(), s.y.size()); }
double scaled(double v, bool logarithmic) { return logarithmic ? std::log10(std::max(v, 1e-300)) : v; }

}  // namespace

std::vector<double> nice_ticks(double lowest, double highest, int most, bool logarithmic) {
  std::vector<double> ticks;
  if (!(highest > lowest) || most < 1) return ticks;
  if (logarithmic) {
    const int from = int(std::ceil(std::log10(std::max(lowest, 1e-300)) - 1e-9)),
              to = int(std::floor(std::log10(highest) + 1e-9));
    const int every = std::max(1, (to - from + most) / most);
    for (int e = from; e <= to; e += every) ticks.push_back(std::pow(10.0, e));
    return ticks;
  }
  const double raw = (highest - lowest) / most, base = std::pow(10.0, std::floor(std::log10(raw)));
  double step = base;
  for (const double factor : {1.0, 2.0, 2.5, 5.0, 10.0})
    if (base * factor >= raw * (1 - 1e-9)) {
      step = base * factor;
      break;
    }
  for (double v = std::ceil(lowest / step - 1e-9) * step; v <= highest + step * 1e-9; v += step)
    ticks.push_back(std::abs(v) < step * 1e-9 ? 0 : v);
  return ticks;
}

SeriesPlot::SeriesPlot(const QString& accessible_name, QWidget* parent)
    : QWidget(parent), cursor_(std::numeric_limits<double>::quiet_NaN()) {
  setAccessibleName(accessible_name);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  connect(&theme(), &Theme::changed, this, [this] { update(); });
}

void SeriesPlot::set_series(std::vector<Series> series) {
  series_ = std::move(series);
  update();
}

void SeriesPlot::set_axes(const Axis& x, const Axis& y) {
  x_axis_ = x;
  y_axis_ = y;
  update();
}

void SeriesPlot::set_cursor(double x) {
  cursor_ = x;
  update();
}

QSize SeriesPlot::sizeHint() const { return {theme().px(360), theme().px(180)}; }
QSize SeriesPlot::minimumSizeHint() const { return {theme().px(140), theme().px(80)}; }

SeriesPlot::Frame SeriesPlot::frame_in(const QRectF& area) const {
  Frame f;
  double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
  bool bars = false;
  for (const Series& s : series_) {
    bars = bars || s.style == Series::Style::bars;
    for (size_t i = 0; i < length(s); ++i) {
      if (!std::isfinite(s.y[i]) || (y_axis_.logarithmic && s.y[i] <= 0)) continue;
      x0 = std::min(x0, x_of(s, i)), x1 = std::max(x1, x_of(s, i));
      y0 = std::min(y0, s.y[i]), y1 = std::max(y1, s.y[i]);
    }
  }
  if (!(x0 <= x1)) x0 = 0, x1 = 1, y0 = y_axis_.logarithmic ? 0.1 : 0, y1 = 1;
  if (bars && !y_axis_.logarithmic) y0 = std::min(0.0, y0);
  if (y1 == y0) y1 = y0 + (y0 == 0 ? 1 : std::abs(y0) * 0.1);
  if (x1 == x0) x1 = x0 + 1;
  if (!y_axis_.logarithmic) {
    const double spread = (y1 - y0) / 20;
    if (y0 != 0) y0 -= spread;
    y1 += spread;
  }
  if (x_axis_.highest > x_axis_.lowest) x0 = x_axis_.lowest, x1 = x_axis_.highest;
  if (y_axis_.highest > y_axis_.lowest) y0 = y_axis_.lowest, y1 = y_axis_.highest;
  f.x0 = x0, f.x1 = x1, f.y0 = y0, f.y1 = y1;
  const QFontMetricsF metrics(theme().font(Type::small));
  double left = 0;
  for (const double tick : nice_ticks(y0, y1, 4, y_axis_.logarithmic))
    left = std::max(left, metrics.horizontalAdvance(significant(tick)));
  const double bottom = metrics.height() * (x_axis_.label.isEmpty() ? 1.3 : 2.4);
  f.box = area.adjusted(left + theme().px(10), theme().px(y_axis_.label.isEmpty() ? 8 : 22), -theme().px(12), -bottom);
  return f;
}

double SeriesPlot::to_x(const Frame& f, double v) const {
  const bool log = x_axis_.logarithmic;
  return f.box.left() + (scaled(v, log) - scaled(f.x0, log)) / (scaled(f.x1, log) - scaled(f.x0, log)) * f.box.width();
}

double SeriesPlot::to_y(const Frame& f, double v) const {
  const bool log = y_axis_.logarithmic;
  return f.box.bottom() -
         (scaled(v, log) - scaled(f.y0, log)) / (scaled(f.y1, log) - scaled(f.y0, log)) * f.box.height();
}

void SeriesPlot::paint_axes(QPainter& p, const Frame& f) const {
  const Theme& t = theme();
  const Colors& k = colors();
  p.setFont(t.font(Type::small));
  const QFontMetricsF metrics(p.font());
  const double line = metrics.height();
  p.setRenderHint(QPainter::Antialiasing, false);
  for (const double tick : nice_ticks(f.y0, f.y1, 4, y_axis_.logarithmic)) {
    const double y = to_y(f, tick);
    p.setPen(k.grid);
    p.drawLine(QPointF(f.box.left(), y), QPointF(f.box.right(), y));
    p.setPen(k.t2);
    p.drawText(QRectF(0, y - line / 2, f.box.left() - t.px(6), line), Qt::AlignRight | Qt::AlignVCenter,
               significant(tick));
  }
  const auto x_ticks = nice_ticks(f.x0, f.x1, std::max(2, int(f.box.width() / t.px(90))), x_axis_.logarithmic);
  for (const double tick : x_ticks) {
    const double x = to_x(f, tick);
    p.setPen(k.grid);
    p.drawLine(QPointF(x, f.box.top()), QPointF(x, f.box.bottom()));
    p.setPen(k.t2);
    p.drawText(QRectF(x - 60, f.box.bottom() + t.px(3), 120, line), Qt::AlignHCenter | Qt::AlignTop, significant(tick));
  }
  p.setPen(k.axis);
  const double zero = f.y0 < 0 && f.y1 > 0 && !y_axis_.logarithmic ? to_y(f, 0) : f.box.bottom();
  p.drawLine(QPointF(f.box.left(), zero), QPointF(f.box.right(), zero));
  p.setPen(k.t2);
  if (!x_axis_.label.isEmpty())
    p.drawText(QRectF(f.box.left(), f.box.bottom() + line + t.px(3), f.box.width(), line), Qt::AlignRight,
               x_axis_.label);
  if (!y_axis_.label.isEmpty())
    p.drawText(QRectF(f.box.left(), f.box.top() - line - t.px(4), f.box.width(), line), Qt::AlignLeft,
               y_axis_.label + (y_axis_.logarithmic ? tr(" (log)") : QString()));
}

void SeriesPlot::paint_line(QPainter& p, const Frame& f, const Series& s, const QColor& color) const {
  QPen pen(color, 2);
  pen.setJoinStyle(Qt::RoundJoin);
  if (s.style == Series::Style::dashed) {
    pen.setStyle(Qt::CustomDashLine);
    pen.setDashPattern({2.5, 1.5});
  }
  p.setPen(pen);
  p.setBrush(Qt::NoBrush);
  const size_t n = length(s);
  const bool dense = double(n) > f.box.width() * 2;
  QPainterPath path;
  bool pen_down = false;
  double column = -1, low = 0, high = 0;
  const auto flush_column = [&] {
    if (column < 0) return;
    path.moveTo(column, to_y(f, low));
    path.lineTo(column, to_y(f, high) - 0.01);
  };
  for (size_t i = 0; i < n; ++i) {
    if (!std::isfinite(s.y[i])) {
      pen_down = false;
      continue;
    }
    const double x = to_x(f, x_of(s, i));
    if (dense) {
      if (std::floor(x) != column) {
        flush_column();
        column = std::floor(x);
        low = high = s.y[i];
      } else {
        low = std::min(low, s.y[i]), high = std::max(high, s.y[i]);
      }
      continue;
    }
    const QPointF at(x, to_y(f, s.y[i]));
    if (!pen_down)
      path.moveTo(at);
    else if (s.style == Series::Style::steps)
      path.lineTo(at.x(), path.currentPosition().y()), path.lineTo(at);
    else
      path.lineTo(at);
    pen_down = true;
  }
  if (dense) flush_column();
  p.drawPath(path);
}

void SeriesPlot::paint_bars(QPainter& p, const Frame& f, const Series& s, const QColor& color) const {
  const size_t n = length(s);
  const double width = f.box.width() / std::max<double>(1, double(n)),
               zero = to_y(f, y_axis_.logarithmic ? f.y0 : std::max(0.0, f.y0));
  for (size_t i = 0; i < n; ++i) {
    if (!std::isfinite(s.y[i])) continue;
    const double x = f.box.left() + double(i) * width, y = to_y(f, std::max(s.y[i], f.y0));
    p.fillRect(QRectF(x, std::min(y, zero), std::max(1.0, width - (width >= 3 ? 1 : 0)), std::abs(zero - y)), color);
  }
}

void SeriesPlot::paint(QPainter& p, const QRectF& area) const {
  const Frame f = frame_in(area);
  if (f.box.width() < 10 || f.box.height() < 10) return;
  paint_axes(p, f);
  p.save();
  p.setClipRect(f.box.adjusted(-1, -1, 1, 1));
  for (size_t i = 0; i < series_.size(); ++i) {
    const Series& s = series_[i];
    const QColor color = s.color.isValid() ? s.color : series_.size() == 1 ? colors().accent : theme().lane(int(i));
    p.setRenderHint(QPainter::Antialiasing, s.style != Series::Style::bars);
    if (s.style == Series::Style::bars)
      paint_bars(p, f, s, color);
    else
      paint_line(p, f, s, color);
  }
  p.restore();
  if (std::isfinite(cursor_)) {
    p.setPen(QPen(colors().accent, 2));
    p.drawLine(QPointF(to_x(f, cursor_), f.box.top()), QPointF(to_x(f, cursor_), f.box.bottom()));
  }
  if (series_.size() < 2) return;
  double x = f.box.left() + theme().px(120);  // names, in their colours, at the top
  p.setFont(theme().font(Type::small));
  for (size_t i = 0; i < series_.size(); ++i) {
    p.fillRect(QRectF(x, f.box.top() - theme().px(12), theme().px(16), 2),
               series_[i].color.isValid() ? series_[i].color : theme().lane(int(i)));
    p.setPen(colors().t2);
    p.drawText(QPointF(x + theme().px(20), f.box.top() - theme().px(7)), series_[i].name);
    x += theme().px(36) + p.fontMetrics().horizontalAdvance(series_[i].name);
  }
}

void SeriesPlot::paintEvent(QPaintEvent*) {
  QPainter p(this);
  paint(p, QRectF(rect()));
  if (!hasFocus()) return;
  p.setPen(QPen(colors().accent, 2));
  p.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
}

double SeriesPlot::value_at(double px) const {
  const Frame f = frame_in(QRectF(rect()));
  const double share = std::clamp((px - f.box.left()) / std::max(1.0, f.box.width()), 0.0, 1.0);
  if (!x_axis_.logarithmic) return f.x0 + share * (f.x1 - f.x0);
  return std::pow(10.0, scaled(f.x0, true) + share * (scaled(f.x1, true) - scaled(f.x0, true)));
}

void SeriesPlot::mousePressEvent(QMouseEvent* event) { emit clicked(value_at(event->position().x())); }
void SeriesPlot::mouseMoveEvent(QMouseEvent* event) { emit hovered(value_at(event->position().x())); }

void SeriesPlot::keyPressEvent(QKeyEvent* event) {
  const int by = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
  if (by == 0 || series_.empty() || length(series_[0]) == 0) {
    QWidget::keyPressEvent(event);
    return;
  }
  const Series& s = series_[0];
  size_t nearest = 0;
  for (size_t i = 1; i < length(s) && std::isfinite(cursor_); ++i)
    if (std::abs(x_of(s, i) - cursor_) < std::abs(x_of(s, nearest) - cursor_)) nearest = i;
  const qint64 to = std::clamp<qint64>(qint64(nearest) + (std::isfinite(cursor_) ? by : 0), 0, qint64(length(s)) - 1);
  set_cursor(x_of(s, size_t(to)));
  emit cursor_moved(cursor_);
}

}  // namespace vitrine::views
