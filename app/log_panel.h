// SPDX-License-Identifier: Apache-2.0
// What happened, in order: messages, errors with their details, jobs. Read only, copied as text.
#pragma once

#include <QPlainTextEdit>

namespace vitrine {

class LogPanel : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit LogPanel(QWidget* parent = nullptr);
  /// `details` follow indented.
  void add(const QString& text, const QString& details = {});

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void restyle();
};

}  // namespace vitrine
