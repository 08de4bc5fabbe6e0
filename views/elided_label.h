// SPDX-License-Identifier: Apache-2.0
// One line of text that ends in "…" where the room ends; the whole text is its tool tip.
#pragma once

#include <QLabel>

#include "views/api.h"

namespace vitrine::views {

class VT_UI ElidedLabel : public QLabel {
  Q_OBJECT
 public:
  explicit ElidedLabel(QWidget* parent = nullptr, Qt::TextElideMode mode = Qt::ElideRight);
  void set_text(const QString& text);
  const QString& full_text() const noexcept { return full_; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void elide();
  QString full_;
  Qt::TextElideMode mode_;
};

}  // namespace vitrine::views
