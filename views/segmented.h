// SPDX-License-Identifier: Apache-2.0
// A row of joined buttons of which one is chosen: "Matrix | Links | Mean". Arrow keys move, one Tab stop.
#pragma once

#include <QStringList>
#include <QWidget>

#include "views/api.h"

class QButtonGroup;
class QToolButton;

namespace vitrine::views {

class VT_UI Segmented : public QWidget {
  Q_OBJECT
 public:
  /// `name` is read by screen readers: "View", "Scale".
  explicit Segmented(const QString& name, const QStringList& choices, QWidget* parent = nullptr);
  int current() const;
  void set_current(int index);  // signals only a change
  void set_choices(const QStringList& choices);
  void set_tool_tips(const QStringList& tips);
  void set_enabled(int index, bool enabled);

 signals:
  void chosen(int index);

 private:
  QToolButton* button(int index) const;
  QButtonGroup* group_;
  int current_ = 0;
};

}  // namespace vitrine::views
