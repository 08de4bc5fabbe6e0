// SPDX-License-Identifier: Apache-2.0
// One turn of the conversation: who, the text, and what can be done with it.
#pragma once

#include <QFrame>

#include "plugins/chat/conversation.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace vitrine {

class MarkLegend;
class MarkdownText;
struct TextMark;

class TurnView : public QFrame {
  Q_OBJECT
 public:
  explicit TurnView(int64_t id, QWidget* parent = nullptr);
  int64_t id() const noexcept { return id_; }
  /// `model`: the answering model's name; `place` of `count` siblings, from 0.
  void show_turn(const Turn& turn, const QString& model, int place, int count, qint64 tokens);
  /// Marks by their place in the turn's text; those inside a thought are shown where the thought is.
  void set_marks(const std::vector<TextMark>& marks);
  /// Where the selected token is drawn; null: not in this turn, or folded.
  QRect selected_word() const;
  /// The line with counts and buttons at its end.
  QRect footer() const;

 signals:
  void retry_requested(qint64 turn);
  void edited(qint64 turn, const QString& text);
  void branch_requested(qint64 turn, int step);
  /// A click on a character of the turn's text.
  void text_clicked(qint64 turn, int offset);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  QToolButton* button(const QString& icon);
  void restyle();
  void retranslate();
  void begin_edit();
  void end_edit(bool accept);
  void toggle_thought();
  int rest_offset() const;
  int thought_offset() const;

  int64_t id_;
  Speaker speaker_ = Speaker::user;
  QString raw_, thought_, rest_;
  bool running_ = false, answer_ = false;
  QLabel *who_, *detail_, *footer_, *branch_;
  MarkdownText *text_, *thought_text_;
  MarkLegend* legend_;
  QToolButton *thought_button_, *retry_, *edit_, *copy_, *previous_, *next_;
  QWidget* editor_box_;
  QPlainTextEdit* editor_;
  QPushButton *save_, *discard_;
  QFrame* box_;
};

}  // namespace vitrine
