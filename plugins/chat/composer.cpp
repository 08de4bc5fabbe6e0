// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/composer.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <algorithm>

#include "views/theme.h"

namespace vitrine {

Composer::Composer(QWidget* parent) : QWidget(parent), edit_(new QPlainTextEdit(this)), count_(new QLabel(this)), button_(new QPushButton(this)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(16, 8, 16, 12);
  row->setSpacing(8);
  row->addWidget(edit_, 1);
  row->addWidget(count_, 0, Qt::AlignBottom);
  row->addWidget(button_, 0, Qt::AlignBottom);
  edit_->installEventFilter(this);
  edit_->setTabChangesFocus(true);
  button_->setObjectName("send");
  connect(edit_, &QPlainTextEdit::textChanged, this, [this] {
    fit();
    emit text_changed();
  });
  connect(button_, &QPushButton::clicked, this, [this] {
    if (running_)
      emit stop_requested();
    else
      send();
  });
  connect(&views::theme(), &views::Theme::changed, this, &Composer::fit);
  retranslate();
  fit();
}

void Composer::fit() {
  const int line = QFontMetrics(edit_->font()).lineSpacing();
  const int lines = std::clamp(edit_->document()->blockCount(), 1, 8);
  edit_->setFixedHeight(std::max(views::theme().px(40), lines * line + views::theme().px(20)));
  button_->setMinimumHeight(views::theme().px(28));
  count_->setFont(views::theme().font(views::Type::small));
}

QSize Composer::minimumSizeHint() const { return {views::theme().px(180), layout()->minimumSize().height()}; }

void Composer::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  count_->setVisible(width() >= views::theme().px(340));
}

void Composer::send() {
  if (!ready_) return;
  emit sent(edit_->toPlainText());
}

void Composer::set_running(bool running) {
  running_ = running;
  retranslate();
}

void Composer::set_ready(bool ready, const QString& placeholder) {
  ready_ = ready;
  edit_->setPlaceholderText(placeholder);
  button_->setEnabled(ready || running_);
}

void Composer::set_count(const QString& count) { count_->setText(count); }

void Composer::retranslate() {
  button_->setText(running_ ? tr("Stop") : tr("Send"));
  button_->setToolTip(running_ ? tr("Stop the answer (Esc)") : tr("Send (Enter; Shift+Enter breaks the line)"));
  button_->setEnabled(ready_ || running_);
  edit_->setAccessibleName(tr("Message"));
  count_->setToolTip(tr("Tokens of the whole prompt as the model will read it, of the context it holds"));
}

void Composer::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::LanguageChange) retranslate();
}

bool Composer::eventFilter(QObject* object, QEvent* event) {
  if (object == edit_ && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (enter && !(key->modifiers() & Qt::ShiftModifier)) {
      if (!running_) send();
      return true;
    }
    if (key->key() == Qt::Key_Escape && running_) {
      emit stop_requested();
      return true;
    }
  }
  return QWidget::eventFilter(object, event);
}

}  // namespace vitrine
