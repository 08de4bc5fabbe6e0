// SPDX-License-Identifier: Apache-2.0
// A number field has its text, a list its popup: the second click of a double click may land there.
#include "views/reset.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QMouseEvent>

namespace vitrine::views {
namespace {

class Reset : public QObject {
 public:
  Reset(QWidget* control, std::function<void()> reset) : QObject(control), reset_(std::move(reset)) {}

 protected:
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() != QEvent::MouseButtonDblClick) return false;
    reset_();
    return true;
  }
  void reset() const { reset_(); }

 private:
  std::function<void()> reset_;
};

/// The first press opens the list, so the second one at the same place goes to the popup.
class ListReset final : public Reset {
 public:
  ListReset(QComboBox* box, std::function<void()> reset) : Reset(box, std::move(reset)), box_(box) {
    box->view()->window()->installEventFilter(this);
    box->view()->viewport()->installEventFilter(this);
  }

 protected:
  bool eventFilter(QObject* object, QEvent* event) override {
    const bool press = event->type() == QEvent::MouseButtonPress || event->type() == QEvent::MouseButtonDblClick;
    if (!press) return false;
    const QPoint at = static_cast<QMouseEvent*>(event)->globalPosition().toPoint();
    const bool second = pressed_.isValid() && pressed_.elapsed() < QApplication::doubleClickInterval() &&
                        (at - pressed_at_).manhattanLength() < QApplication::startDragDistance();
    if (second) {
      pressed_.invalidate();
      box_->hidePopup();
      reset();
      return true;
    }
    if (object == box_) {
      pressed_.start();
      pressed_at_ = at;
    }
    return false;
  }

 private:
  QComboBox* box_;
  QElapsedTimer pressed_;
  QPoint pressed_at_;
};

}  // namespace

void reset_on_double_click(QWidget* control, std::function<void()> reset) {
  if (auto* box = qobject_cast<QComboBox*>(control)) {
    control->installEventFilter(new ListReset(box, std::move(reset)));
    return;
  }
  auto* filter = new Reset(control, std::move(reset));
  control->installEventFilter(filter);
  for (QLineEdit* text : control->findChildren<QLineEdit*>(QString(), Qt::FindDirectChildrenOnly))
    text->installEventFilter(filter);
}

}  // namespace vitrine::views
