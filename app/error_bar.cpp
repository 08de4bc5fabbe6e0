// SPDX-License-Identifier: Apache-2.0
// At most eight errors are kept; the log panel keeps the rest.
#include "app/error_bar.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include "views/theme.h"

namespace vitrine {

ErrorBar::ErrorBar(QWidget* parent)
    : QFrame(parent),
      icon_(new QLabel(this)),
      what_(new QLabel(this)),
      hint_(new QLabel(this)),
      fold_(new QToolButton(this)),
      copy_(new QToolButton(this)),
      close_(new QToolButton(this)),
      details_(new QPlainTextEdit(this)) {
  setProperty("surface", "panel");
  setProperty("rule", "bottom");
  auto* column = new QVBoxLayout(this);
  auto* row = new QHBoxLayout;
  row->addWidget(icon_, 0, Qt::AlignTop);
  auto* words = new QVBoxLayout;
  words->setSpacing(0);
  for (QLabel* label : {what_, hint_}) {
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words->addWidget(label);
  }
  hint_->setProperty("role", "t2");
  row->addLayout(words, 1);
  for (QToolButton* b : {fold_, copy_, close_}) {
    b->setProperty("kind", "quiet");
    row->addWidget(b, 0, Qt::AlignTop);
  }
  fold_->setCheckable(true);
  column->addLayout(row);
  details_->setReadOnly(true);
  details_->setVisible(false);
  column->addWidget(details_);
  connect(fold_, &QToolButton::toggled, details_, &QWidget::setVisible);
  connect(copy_, &QToolButton::clicked, this, [this] {
    if (entries_.empty()) return;
    const Entry& e = entries_.front();
    QApplication::clipboard()->setText(e.what + '\n' + e.hint + '\n' + e.details);
  });
  connect(close_, &QToolButton::clicked, this, &ErrorBar::dismiss);
  connect(&views::theme(), &views::Theme::changed, this, &ErrorBar::restyle);
  restyle();
  hide();
}

void ErrorBar::show_error(const QString& what, const QString& hint, const QString& details) {
  entries_.push_front({what, hint, details});
  if (entries_.size() > 8) entries_.pop_back();
  update_view();
}

void ErrorBar::dismiss() {
  if (!entries_.empty()) entries_.pop_front();
  update_view();
}

QString ErrorBar::what() const { return entries_.empty() ? QString() : entries_.front().what; }

void ErrorBar::update_view() {
  setVisible(!entries_.empty());
  if (entries_.empty()) {
    fold_->setChecked(false);
    return;
  }
  const Entry& e = entries_.front();
  what_->setText(e.what);
  hint_->setText(e.hint);
  hint_->setVisible(!e.hint.isEmpty());
  details_->setPlainText(e.details);
  fold_->setVisible(!e.details.isEmpty());
  close_->setText(entries_.size() > 1 ? tr("%n more", nullptr, int(entries_.size()) - 1) : QString());
  setAccessibleName(tr("Error"));
  setAccessibleDescription(e.what + ' ' + e.hint);
}

void ErrorBar::restyle() {
  const views::Theme& t = views::theme();
  layout()->setContentsMargins(t.px(16), t.px(8), t.px(12), t.px(8));
  icon_->setPixmap(t.pixmap("error", t.px(18), views::colors().error, devicePixelRatioF()));
  what_->setFont(t.font(views::Type::base, true));
  details_->setFont(t.mono(views::Type::small));
  details_->setFixedHeight(t.px(96));
  details_->setAccessibleName(tr("Details"));
  fold_->setText(tr("Details"));
  fold_->setAccessibleName(tr("Details"));
  copy_->setIcon(t.icon("copy"));
  copy_->setAccessibleName(tr("Copy the error"));
  copy_->setToolTip(tr("Copy the error"));
  close_->setIcon(t.icon("close"));
  close_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  close_->setAccessibleName(tr("Dismiss"));
  close_->setToolTip(tr("Dismiss (Esc)"));
  update_view();
}

void ErrorBar::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) restyle();
  QFrame::changeEvent(event);
}

void ErrorBar::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape)
    dismiss();
  else
    QFrame::keyPressEvent(event);
}

}  // namespace vitrine
