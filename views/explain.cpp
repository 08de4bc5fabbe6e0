// SPDX-License-Identifier: Apache-2.0
// Lays the explanation out as headed paragraphs in a scroll area; Esc closes.
#include "views/explain.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "views/theme.h"

namespace vitrine::views {

ExplainPage::ExplainPage(QWidget* parent)
    : QFrame(parent), heading_(new QLabel(this)), close_(new QToolButton(this)), body_(nullptr) {
  setProperty("surface", "panel");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 8, 8, 8);
  auto* top = new QHBoxLayout;
  top->addWidget(heading_, 1);
  close_->setProperty("kind", "quiet");
  top->addWidget(close_);
  column->addLayout(top);
  auto* scroll = new QScrollArea(this);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* page = new QWidget;
  page->setProperty("surface", "panel");
  body_ = new QVBoxLayout(page);
  body_->setContentsMargins(0, 0, 8, 8);
  scroll->setWidget(page);
  scroll->setFocusPolicy(Qt::StrongFocus);
  scroll->setAccessibleName(tr("Explanation"));
  column->addWidget(scroll, 1);
  connect(close_, &QToolButton::clicked, this, &ExplainPage::closed);
  connect(&theme(), &Theme::changed, this, &ExplainPage::rebuild);
}

void ExplainPage::set_explanation(const QString& title, const Explanation& text) {
  title_ = title;
  text_ = text;
  rebuild();
}

void ExplainPage::rebuild() {
  heading_->setFont(theme().font(Type::title, true));
  heading_->setText(title_);
  close_->setIcon(theme().icon("close"));
  close_->setAccessibleName(tr("Close the explanation"));
  close_->setToolTip(tr("Close the explanation (Esc)"));
  while (QLayoutItem* item = body_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  const auto paragraph = [this](const QString& head, const QString& text, bool code = false) {
    if (text.isEmpty()) return;
    auto* title = new QLabel(head);
    title->setFont(theme().font(Type::base, true));
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFont(code ? theme().mono() : theme().font(Type::base));
    label->setAccessibleName(head);
    body_->addWidget(title);
    body_->addWidget(label);
    body_->addSpacing(8);
  };
  paragraph(tr("What it is"), text_.what);
  paragraph(tr("How to read it"), text_.how_to_read);
  paragraph(tr("Formula"), text_.formula, true);
  for (const QString& wrong : text_.misreadings) paragraph(tr("Often misread"), wrong);
  paragraph(tr("Source"), text_.source);
  body_->addStretch(1);
}

void ExplainPage::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape)
    emit closed();
  else
    QFrame::keyPressEvent(event);
}

void ExplainPage::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) rebuild();
  QFrame::changeEvent(event);
}

}  // namespace vitrine::views
