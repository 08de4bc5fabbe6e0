// SPDX-License-Identifier: Apache-2.0
// The parts of a stage's row: the slider with its tick, the number field, the grip.
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "plugins/sampler/stage_row.h"
#include "plugins/sampler/stage_words.h"
#include "views/theme.h"

namespace vitrine {

TickSlider::TickSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
  setRange(0, 1000);
  setSingleStep(10);
  setPageStep(100);
}

void TickSlider::set_tick(double position) {
  if (tick_ == position) return;
  tick_ = position;
  update();
}

void TickSlider::paintEvent(QPaintEvent* event) {
  QSlider::paintEvent(event);
  if (tick_ < 0) return;
  const views::Theme& t = views::theme();
  const double handle = t.px(14);
  const double x = handle / 2 + tick_ * (width() - handle);
  if (std::abs(tick_ * 1000 - value()) < 8) return;  // under the handle
  QPainter p(this);
  p.setPen(QPen(views::colors().t1, t.px(1.5)));
  p.drawLine(QPointF(x, height() / 2.0 - t.px(6)), QPointF(x, height() / 2.0 + t.px(6)));
}

int TickSlider::value_at(double x) const {
  const double handle = views::theme().px(14);
  return int(std::lround(1000 * std::clamp((x - handle / 2) / std::max(1.0, width() - handle), 0.0, 1.0)));
}

void TickSlider::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) {  // the handle comes to the pointer instead of stepping a page
    const int at = value_at(event->position().x());
    const double handle = views::theme().px(14);
    if (std::abs(at - value()) * (width() - handle) / 1000 > handle / 2) setValue(at);
  }
  QSlider::mousePressEvent(event);
}

void TickSlider::mouseDoubleClickEvent(QMouseEvent*) { emit reset_requested(); }

NumberField::NumberField(QWidget* parent) : QDoubleSpinBox(parent) {
  setLocale(QLocale::c());
  setDecimals(6);
  setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  setKeyboardTracking(false);
}

void NumberField::set_parameter(const StageParameter& parameter) {
  integer_ = parameter.integer;
  setDecimals(integer_ ? 0 : 6);
  setRange(parameter.lowest, parameter.highest);
  const double span = slider_scale(parameter).highest - slider_scale(parameter).lowest;
  setSingleStep(integer_ ? 1 : span > 0.5 ? 0.01 : 0.0001);
}

QString NumberField::textFromValue(double value) const {
  if (integer_) return QString::number(qint64(std::llround(value)));
  QString text = QString::number(value, 'f', 6);
  while (text.endsWith('0') && text.size() - text.indexOf('.') > 3) text.chop(1);
  return text;
}

Grip::Grip(QWidget* parent) : QToolButton(parent) {
  setProperty("kind", "quiet");
  setCursor(Qt::OpenHandCursor);
  setFocusPolicy(Qt::StrongFocus);
}

void Grip::mousePressEvent(QMouseEvent* event) {
  setFocus(Qt::MouseFocusReason);
  setCursor(Qt::ClosedHandCursor);
  emit dragged(int(event->globalPosition().y()));
}

void Grip::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) emit dragged(int(event->globalPosition().y()));
}

void Grip::mouseReleaseEvent(QMouseEvent*) {
  setCursor(Qt::OpenHandCursor);
  emit dropped();
}

void Grip::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)
    emit stepped(event->key() == Qt::Key_Up ? -1 : 1);
  else
    QToolButton::keyPressEvent(event);
}

}  // namespace vitrine
