// SPDX-License-Identifier: Apache-2.0
// Labels and numbers in the monospaced face, bars between them over a track.
#include "views/distribution_bars.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine::views {

DistributionBars::DistributionBars(const QString& accessible_name, QWidget* parent) : QWidget(parent) {
  setAccessibleName(accessible_name);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&theme(), &Theme::changed, this, [this] {
    updateGeometry();
    update();
  });
}

int DistributionBars::row_height() const { return theme().px(24); }

void DistributionBars::set_rows(std::vector<BarRow> rows) {
  const bool resized = rows.size() != rows_.size();
  rows_ = std::move(rows);
  selected_ = std::min(selected_, int(rows_.size()) - 1);
  hovered_ = -1;
  QString spoken;
  for (size_t i = 0; i < std::min<size_t>(rows_.size(), 10); ++i)
    spoken += rows_[i].label + ' ' + (rows_[i].value_text.isEmpty() ? percent(rows_[i].value) : rows_[i].value_text) +
              QStringLiteral(", ");
  setAccessibleDescription(spoken.chopped(spoken.isEmpty() ? 0 : 2));
  if (resized) updateGeometry();
  update();
}

void DistributionBars::set_highest(double value) {
  highest_ = value > 0 ? value : 1;
  update();
}

void DistributionBars::set_square_root(bool on) {
  square_root_ = on;
  update();
}

void DistributionBars::set_selected(int row) {
  selected_ = row;
  update();
}

QSize DistributionBars::sizeHint() const { return {theme().px(340), int(rows_.size()) * row_height()}; }
QSize DistributionBars::minimumSizeHint() const { return {theme().px(160), int(rows_.size()) * row_height()}; }

double DistributionBars::length(double value) const {
  const double share = std::clamp(value / highest_, 0.0, 1.0);
  return square_root_ ? std::sqrt(share) : share;
}

void DistributionBars::paint(QPainter& p, const QRectF& area) const {
  const Theme& t = theme();
  const Colors& k = colors();
  const QFontMetricsF mono(t.mono());
  const double row = row_height(), pad = t.px(8);
  double label_width = 0, value_width = 0, prefix_width = 0;
  for (const BarRow& r : rows_) {
    label_width = std::max(label_width, mono.horizontalAdvance(r.label));
    const QString number =
        (r.value_text.isEmpty() ? percent(r.value) : r.value_text) + (r.note.isEmpty() ? "" : "  " + r.note);
    value_width = std::max(value_width, mono.horizontalAdvance(number));
    prefix_width = std::max(prefix_width, r.prefix.isEmpty() ? 0 : mono.horizontalAdvance(r.prefix) + pad);
  }
  const bool noted = std::any_of(rows_.begin(), rows_.end(), [](const BarRow& r) { return !r.note.isEmpty(); });
  const bool any_pair = std::any_of(rows_.begin(), rows_.end(), [](const BarRow& r) { return !std::isnan(r.before); });
  label_width = std::min(label_width, area.width() * 0.4) + pad;
  value_width = std::min(value_width, area.width() * 0.5);
  const double bar_left = area.left() + pad + prefix_width + label_width,
               bar_right = area.right() - pad - value_width - pad;
  for (size_t i = 0; i < rows_.size(); ++i) {
    const BarRow& r = rows_[i];
    const QRectF box(area.left(), area.top() + double(i) * row, area.width(), row);
    const bool bold = r.highlighted || int(i) == selected_;
    if (int(i) == selected_)
      p.fillRect(box, k.sel_soft);
    else if (int(i) == hovered_)
      p.fillRect(box, k.hover);
    QFont face = t.mono(Type::base, bold);
    face.setStrikeOut(r.struck);
    p.setFont(t.mono());
    p.setPen(k.t2);
    p.drawText(QRectF(box.left() + pad, box.top(), prefix_width, row), Qt::AlignVCenter, r.prefix);
    p.setFont(face);
    p.setPen(r.struck ? k.t3 : k.t1);
    p.drawText(QRectF(box.left() + pad + prefix_width, box.top(), label_width - pad / 2, row), Qt::AlignVCenter,
               QFontMetricsF(face).elidedText(r.label, Qt::ElideRight, label_width - pad / 2));
    const double width = std::max(0.0, bar_right - bar_left);
    const double thick = t.px(8);
    const bool paired = !std::isnan(r.before);
    const double top = paired ? box.center().y() : box.center().y() - thick / 2;
    if (!any_pair) p.fillRect(QRectF(bar_left, top, width, thick), k.track);
    if (paired) p.fillRect(QRectF(bar_left, top - t.px(6), std::max(1.0, width * length(r.before)), t.px(6)), k.axis);
    const QColor color = r.color.isValid() ? r.color : r.struck ? k.chip[4] : r.highlighted ? k.accent : k.t2;
    const QRectF bar(bar_left, top, std::max(1.0, width * length(r.value)), thick);
    if (r.struck) {
      p.fillRect(bar, k.chip[1]);
      p.fillRect(bar, QBrush(color, Qt::BDiagPattern));
    } else {
      p.fillRect(bar, color);
    }
    p.setFont(t.mono(Type::base, bold));
    p.setPen(k.t1);
    const QString number = r.value_text.isEmpty() ? percent(r.value) : r.value_text;
    const QRectF end(bar_right + pad, box.top(), value_width, row);
    if (r.note.isEmpty()) {
      p.drawText(end, Qt::AlignVCenter | (noted ? Qt::AlignLeft : Qt::AlignRight), number);
    } else {
      p.drawText(end, Qt::AlignVCenter | Qt::AlignLeft, number);
      p.setPen(k.warn);
      p.drawText(end.adjusted(mono.horizontalAdvance(number + "  "), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                 r.note);
    }
  }
}

void DistributionBars::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setRenderHint(QPainter::TextAntialiasing);
  paint(p, QRectF(rect()));
  if (hasFocus()) {
    p.setPen(QPen(colors().accent, 2));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme().px(3), theme().px(3));
  }
}

int DistributionBars::row_at(double y) const {
  const int row = int(y) / std::max(1, row_height());
  return row >= 0 && row < int(rows_.size()) ? row : -1;
}

void DistributionBars::mousePressEvent(QMouseEvent* event) {
  if (const int row = row_at(event->position().y()); row >= 0) {
    set_selected(row);
    emit row_clicked(row);
  }
}

void DistributionBars::mouseDoubleClickEvent(QMouseEvent* event) {
  if (const int row = row_at(event->position().y()); row >= 0) emit row_activated(row);
}

void DistributionBars::mouseMoveEvent(QMouseEvent* event) {
  const int row = row_at(event->position().y());
  if (row == hovered_) return;
  hovered_ = row;
  setToolTip(row < 0 ? QString() : rows_[size_t(row)].label + "\n" + QString::number(rows_[size_t(row)].value, 'g', 8));
  update();
}

void DistributionBars::leaveEvent(QEvent*) {
  hovered_ = -1;
  update();
}

void DistributionBars::keyPressEvent(QKeyEvent* event) {
  const int count = int(rows_.size());
  if (count > 0 && (event->key() == Qt::Key_Down || event->key() == Qt::Key_Up)) {
    set_selected(std::clamp(selected_ + (event->key() == Qt::Key_Down ? 1 : -1), 0, count - 1));
    emit row_clicked(selected_);
  } else if (selected_ >= 0 && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
    emit row_activated(selected_);
  } else {
    QWidget::keyPressEvent(event);
  }
}

}  // namespace vitrine::views
