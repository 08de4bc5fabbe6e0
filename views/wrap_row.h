// SPDX-License-Identifier: Apache-2.0
// A row of controls that breaks into lines where the room is too narrow for one.
#pragma once

#include <QHBoxLayout>

#include "views/api.h"

namespace vitrine::views {

class VT_UI WrapRow : public QHBoxLayout {
 public:
  using QHBoxLayout::QHBoxLayout;
  QSize minimumSize() const override;
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  int minimumHeightForWidth(int width) const override { return heightForWidth(width); }
  void setGeometry(const QRect& area) override;

 private:
  bool fits(int width) const;
  int lay_out(const QRect& area, bool place) const;  // height that the lines take
};

}  // namespace vitrine::views
