// SPDX-License-Identifier: Apache-2.0
// Without a layout of its own a parent only receives LayoutRequest, and may keep it to itself.
#include "views/fence.h"

#include <QEvent>
#include <QLayoutItem>

namespace vitrine::views {

Fence::Fence(QWidget* content, QWidget* parent) : QWidget(parent), content_(content) {
  content_->setParent(this);
  setSizePolicy(content_->sizePolicy());
  adopt();
}

QSize Fence::sizeHint() const { return QWidgetItem(content_).sizeHint(); }

bool Fence::event(QEvent* event) {
  if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Show) adopt();
  return QWidget::event(event);
}

void Fence::resizeEvent(QResizeEvent*) { content_->setGeometry(rect()); }

void Fence::adopt() {
  const QWidgetItem item(content_);
  setMinimumSize(item.minimumSize());
  setMaximumSize(item.maximumSize());
  const int height = item.sizeHint().height();
  if (height == height_) return;
  height_ = height;
  updateGeometry();
}

}  // namespace vitrine::views
