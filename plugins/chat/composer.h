// SPDX-License-Identifier: Apache-2.0
// Where questions are typed: Enter sends, Shift+Enter breaks the line, Send becomes Stop while an answer streams.
#pragma once

#include <QPlainTextEdit>
#include <QWidget>

class QLabel;
class QPushButton;

namespace vitrine {

class Composer : public QWidget {
  Q_OBJECT
 public:
  explicit Composer(QWidget* parent = nullptr);
  QString text() const { return edit_->toPlainText(); }
  void set_text(const QString& text) { edit_->setPlainText(text); }
  void clear() { edit_->clear(); }
  void set_running(bool running);
  void set_ready(bool ready, const QString& placeholder);
  void set_count(const QString& count);
  void focus() { edit_->setFocus(); }
  /// The count gives way in a narrow room.
  QSize minimumSizeHint() const override;

 signals:
  void sent(const QString& text);
  void stop_requested();
  void text_changed();

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void fit();
  void send();
  void retranslate();

  QPlainTextEdit* edit_;
  QLabel* count_;
  QPushButton* button_;
  bool running_ = false, ready_ = false;
};

}  // namespace vitrine
