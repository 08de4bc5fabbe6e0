// SPDX-License-Identifier: Apache-2.0
// "Explain": the half page beside a picture that says what it is, how to read it, its formula, source and commonest
// misreadings.
#pragma once

#include <QFrame>
#include <QStringList>

#include "views/api.h"

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace vitrine::views {

struct Explanation {
  QString what, how_to_read, formula, source;
  QStringList misreadings;  // two
};

class VT_UI ExplainPage : public QFrame {
  Q_OBJECT
 public:
  explicit ExplainPage(QWidget* parent = nullptr);
  void set_explanation(const QString& title, const Explanation& text);

 signals:
  void closed();

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void rebuild();
  QString title_;
  Explanation text_;
  QLabel* heading_;
  QToolButton* close_;
  QVBoxLayout* body_;
};

}  // namespace vitrine::views
