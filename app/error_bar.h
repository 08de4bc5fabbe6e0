// SPDX-License-Identifier: Apache-2.0
// The error bar below the top bar: what happened, what to do, details behind a fold. Never a dialog: work goes on.
#pragma once

#include <QFrame>
#include <deque>

class QLabel;
class QPlainTextEdit;
class QToolButton;

namespace vitrine {

class ErrorBar : public QFrame {
  Q_OBJECT
 public:
  explicit ErrorBar(QWidget* parent = nullptr);
  /// Errors queue; the bar shows the newest and how many wait behind it.
  void show_error(const QString& what, const QString& hint, const QString& details);
  void dismiss();
  QString what() const;

 protected:
  void changeEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Entry {
    QString what, hint, details;
  };
  void update_view();
  void restyle();

  std::deque<Entry> entries_;
  QLabel *icon_, *what_, *hint_;
  QToolButton *fold_, *copy_, *close_;
  QPlainTextEdit* details_;
};

}  // namespace vitrine
