// SPDX-License-Identifier: Apache-2.0
// Holds one widget and keeps its new texts from laying out the whole window. Qt asks every ancestor for a new layout whenever a label
// gets another text; here only a change of the height that the content wants, or of its limits, goes on to the outside.
#pragma once

#include <QWidget>

#include "views/api.h"

namespace vitrine::views {

class VT_UI Fence : public QWidget {
  Q_OBJECT
 public:
  /// `content` becomes a child and fills the fence.
  explicit Fence(QWidget* content, QWidget* parent = nullptr);
  QSize sizeHint() const override;

 protected:
  bool event(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void adopt();

  QWidget* content_;
  int height_ = -1;  // that the content wanted last
};

}  // namespace vitrine::views
