// SPDX-License-Identifier: Apache-2.0
#include "views/wrap_row.h"

#include <QWidget>
#include <algorithm>

namespace vitrine::views {

bool WrapRow::fits(int width) const { return QHBoxLayout::minimumSize().width() <= width; }

/// As wide as its widest control: everything else can go to another line.
QSize WrapRow::minimumSize() const {
  QSize least;
  for (int i = 0; i < count(); ++i)
    if (QLayoutItem* item = itemAt(i); !item->isEmpty() && !item->spacerItem()) least = least.expandedTo(item->minimumSize());
  const QMargins margins = contentsMargins();
  return least + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

int WrapRow::heightForWidth(int width) const {
  const int one_line = QHBoxLayout::sizeHint().height();
  return fits(width) ? one_line : std::max(one_line, lay_out(QRect(0, 0, width, 0), false));
}

void WrapRow::setGeometry(const QRect& area) {
  QHBoxLayout::setGeometry(area);
  if (!fits(area.width())) lay_out(area, true);
}

int WrapRow::lay_out(const QRect& area, bool place) const {
  const QMargins margins = contentsMargins();
  const int left = area.left() + margins.left(), right = area.right() + 1 - margins.right(), gap = std::max(0, spacing());
  int x = left, y = area.top() + margins.top(), line = 0;
  for (int i = 0; i < count(); ++i) {
    QLayoutItem* item = itemAt(i);
    if (item->isEmpty() || item->spacerItem()) continue;
    const bool shrinks = item->widget() && item->widget()->sizePolicy().horizontalPolicy() == QSizePolicy::Ignored;
    const QSize wanted = shrinks ? QSize(item->minimumSize().width(), item->sizeHint().height()) : item->sizeHint();
    const QSize size(std::min(wanted.width(), right - left), wanted.height());
    if (size.width() == 0) continue;
    if (x > left && x + size.width() > right) {
      x = left;
      y += line + gap;
      line = 0;
    }
    if (place) item->setGeometry(QRect(QPoint(x, y), size));
    x += size.width() + gap;
    line = std::max(line, size.height());
  }
  return y + line + margins.bottom() - area.top();
}

}  // namespace vitrine::views
