// SPDX-License-Identifier: Apache-2.0
// What stands in a picture's place while there is nothing to draw: a grey sketch of what will be there, one line what
// it shows, one line what makes it so. No axes, no numbers.
#pragma once

#include <QWidget>

#include "views/api.h"

class QLabel;
class QPushButton;

namespace vitrine::views {

/// Which sketch is drawn.
enum class Sketch : uint8_t { none, matrix, bars, list, funnel, curve, diagram };

class VT_UI EmptyState : public QWidget {
  Q_OBJECT
 public:
  explicit EmptyState(Sketch sketch, QWidget* parent = nullptr);
  void set_texts(const QString& title, const QString& how);
  /// The one action that fills the picture; an empty text hides the button.
  void set_action(const QString& text);

 signals:
  void action_triggered();

 private:
  class Drawing;
  Drawing* drawing_;
  QLabel *title_, *how_;
  QPushButton* action_;
};

}  // namespace vitrine::views
