// SPDX-License-Identifier: Apache-2.0
#include "views/reset.h"

#include <QEvent>
#include <QLineEdit>
#include <QWidget>

namespace vitrine::views {
namespace {

class Reset final : public QObject {
 public:
  Reset(QWidget* control, std::function<void()> reset) : QObject(control), reset_(std::move(reset)) {}

 protected:
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() != QEvent::MouseButtonDblClick) return false;
    reset_();
    return true;
  }

 private:
  std::function<void()> reset_;
};

}  // namespace

void reset_on_double_click(QWidget* control, std::function<void()> reset) {
  auto* filter = new Reset(control, std::move(reset));
  control->installEventFilter(filter);
  for (QLineEdit* text : control->findChildren<QLineEdit*>(QString(), Qt::FindDirectChildrenOnly))
    text->installEventFilter(filter);
}

}  // namespace vitrine::views
