// SPDX-License-Identifier: Apache-2.0
// The activity rail: one button with icon and word for each large thing; lit while its panel is in front.
#pragma once

#include <QFrame>
#include <functional>
#include <vector>

class QAction;
class QToolButton;
class QVBoxLayout;

namespace vitrine {

class Rail : public QFrame {
  Q_OBJECT
 public:
  explicit Rail(QWidget* parent = nullptr);
  /// `bottom` entries stand at the lower end. The button follows text, enabled and checked of the action.
  QToolButton* add(QAction* action, const QString& icon, bool bottom = false);

 private:
  void restyle();
  struct Entry {
    QToolButton* button;
    QString icon;
  };
  std::vector<Entry> entries_;
  QVBoxLayout* column_;
  int top_ = 0;
};

}  // namespace vitrine
