// SPDX-License-Identifier: Apache-2.0
// What the dashed underline in an answer means.
#pragma once

#include <QWidget>

namespace vitrine {

class MarkLegend : public QWidget {
  Q_OBJECT
 public:
  explicit MarkLegend(QWidget* parent = nullptr);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void retranslate();
};

}  // namespace vitrine
