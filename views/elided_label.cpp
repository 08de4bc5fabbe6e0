// SPDX-License-Identifier: Apache-2.0
// Elides on every resize and font change.
#include "views/elided_label.h"

#include <QEvent>

namespace vitrine::views {

ElidedLabel::ElidedLabel(QWidget* parent, Qt::TextElideMode mode) : QLabel(parent), mode_(mode) {
  setTextFormat(Qt::PlainText);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void ElidedLabel::set_text(const QString& text) {
  if (text == full_) return;
  full_ = text;
  updateGeometry();
  elide();
}

QSize ElidedLabel::sizeHint() const { return {fontMetrics().horizontalAdvance(full_) + 2, fontMetrics().height()}; }
QSize ElidedLabel::minimumSizeHint() const {
  return {std::min(fontMetrics().horizontalAdvance(full_), fontMetrics().horizontalAdvance(QStringLiteral("M…"))),
          fontMetrics().height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
  QLabel::resizeEvent(event);
  elide();
}

void ElidedLabel::changeEvent(QEvent* event) {
  QLabel::changeEvent(event);
  if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) elide();
}

void ElidedLabel::elide() {
  const QString shown = fontMetrics().elidedText(full_, mode_, width());
  if (shown != text()) setText(shown);
  setToolTip(shown == full_ ? QString() : full_);
}

}  // namespace vitrine::views
