// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/turn_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "plugins/chat/mark_legend.h"
#include "plugins/chat/markdown_text.h"
#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {

TurnView::TurnView(int64_t id, QWidget* parent) : QFrame(parent), id_(id) {
  who_ = new QLabel(this);
  detail_ = new QLabel(this);
  footer_ = new QLabel(this);
  footer_->setWordWrap(true);
  branch_ = new QLabel(this);
  thought_button_ = new QToolButton(this);
  thought_text_ = new MarkdownText(this);
  box_ = new QFrame(this);
  text_ = new MarkdownText(box_);
  legend_ = new MarkLegend(this);
  legend_->hide();
  retry_ = button("refresh");
  edit_ = button("edit");
  copy_ = button("copy");
  previous_ = button("chevron-left");
  next_ = button("chevron-right");
  editor_box_ = new QWidget(this);
  editor_ = new QPlainTextEdit(editor_box_);
  save_ = new QPushButton(editor_box_);
  discard_ = new QPushButton(editor_box_);

  auto* head = new QHBoxLayout;
  head->addWidget(who_);
  head->addWidget(detail_, 1);
  auto* boxed = new QVBoxLayout(box_);
  boxed->addWidget(text_);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(save_);
  buttons->addWidget(discard_);
  buttons->addStretch();
  auto* editing = new QVBoxLayout(editor_box_);
  editing->setContentsMargins(0, 0, 0, 0);
  editing->addWidget(editor_);
  editing->addLayout(buttons);
  auto* foot = new QHBoxLayout;
  foot->setSpacing(4);
  foot->addWidget(footer_, 1);
  for (QWidget* w : std::initializer_list<QWidget*>{previous_, branch_, next_, retry_, edit_, copy_}) foot->addWidget(w);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 8, 0, 4);
  all->setSpacing(4);
  all->addLayout(head);
  all->addWidget(thought_button_, 0, Qt::AlignLeft);
  all->addWidget(thought_text_);
  all->addWidget(box_);
  all->addWidget(legend_);
  all->addWidget(editor_box_);
  all->addLayout(foot);
  editor_box_->hide();
  thought_button_->hide();
  thought_text_->hide();
  thought_button_->setToolButtonStyle(Qt::ToolButtonTextOnly);
  thought_button_->setProperty("kind", "quiet");
  editor_->setTabChangesFocus(true);

  connect(retry_, &QToolButton::clicked, this, [this] { emit retry_requested(id_); });
  connect(edit_, &QToolButton::clicked, this, &TurnView::begin_edit);
  connect(copy_, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(raw_); });
  connect(previous_, &QToolButton::clicked, this, [this] { emit branch_requested(id_, -1); });
  connect(next_, &QToolButton::clicked, this, [this] { emit branch_requested(id_, 1); });
  connect(save_, &QPushButton::clicked, this, [this] { end_edit(true); });
  connect(discard_, &QPushButton::clicked, this, [this] { end_edit(false); });
  connect(text_, &MarkdownText::clicked_at, this, [this](int offset) { emit text_clicked(id_, offset + rest_offset()); });
  connect(thought_text_, &MarkdownText::clicked_at, this, [this](int offset) { emit text_clicked(id_, offset + thought_offset()); });
  connect(thought_button_, &QToolButton::clicked, this, &TurnView::toggle_thought);
  connect(new QShortcut(QKeySequence("Ctrl+Return"), editor_), &QShortcut::activated, this, [this] { end_edit(true); });
  connect(new QShortcut(QKeySequence("Esc"), editor_), &QShortcut::activated, this, [this] { end_edit(false); });
  connect(&views::theme(), &views::Theme::changed, this, &TurnView::restyle);
  restyle();
  retranslate();
}

QToolButton* TurnView::button(const QString& icon) {
  auto* b = new QToolButton(this);
  b->setProperty("kind", "quiet");
  b->setProperty("icon_name", icon);
  return b;
}

void TurnView::restyle() {
  const views::Theme& theme = views::theme();
  who_->setFont(theme.font(views::Type::base, true));
  for (QLabel* label : {detail_, footer_, branch_}) {
    label->setFont(theme.font(views::Type::small));
    label->setStyleSheet(QStringLiteral("color:%1").arg(theme.colors().t3.name()));
  }
  for (QToolButton* b : {retry_, edit_, copy_, previous_, next_}) b->setIcon(theme.icon(b->property("icon_name").toString()));
  const bool question = speaker_ == Speaker::user;
  box_->setObjectName("turn_box");
  box_->setStyleSheet(question ? QStringLiteral("#turn_box{background:%1;border:1px solid %2;border-radius:4px}").arg(theme.colors().sunken.name(), theme.colors().line.name())
                               : QStringLiteral("#turn_box{background:transparent;border:0}"));
  box_->layout()->setContentsMargins(question ? 12 : 0, question ? 8 : 0, question ? 12 : 0, question ? 8 : 0);
}

void TurnView::retranslate() {
  const auto name = [](QToolButton* b, const QString& text) {
    b->setToolTip(text);
    b->setAccessibleName(text);
  };
  name(retry_, tr("Answer again with the next seed"));
  name(edit_, tr("Edit: the old text stays as another branch"));
  name(copy_, tr("Copy the text"));
  name(previous_, tr("Previous branch"));
  name(next_, tr("Next branch"));
  const bool raw = speaker_ == Speaker::text;
  save_->setText(raw ? tr("Continue from here") : tr("Ask again"));
  discard_->setText(tr("Discard"));
  editor_->setAccessibleName(raw ? tr("Edit the text") : tr("Edit the question"));
  text_->setAccessibleName(speaker_ == Speaker::user ? tr("Question") : tr("Answer"));
  thought_text_->setAccessibleName(tr("Thought"));
}

void TurnView::changeEvent(QEvent* event) {
  QFrame::changeEvent(event);
  if (event->type() == QEvent::LanguageChange) retranslate();
}

void TurnView::show_turn(const Turn& turn, const QString& model, int place, int count, qint64 tokens) {
  const bool restyled = speaker_ != turn.speaker;
  speaker_ = turn.speaker;
  answer_ = turn.lane != 0;
  running_ = turn.job != 0;
  if (restyled) restyle(), retranslate();
  who_->setText(turn.speaker == Speaker::user ? tr("You") : turn.speaker == Speaker::assistant ? model : answer_ ? model : tr("Text"));
  const ThoughtSpan span = turn.speaker == Speaker::assistant ? split_thought(turn.text) : ThoughtSpan{{}, turn.text, true};
  if (span.thought != thought_) {
    thought_ = span.thought;
    thought_text_->set_text(thought_, true);
  }
  thought_button_->setVisible(!thought_.isEmpty());
  thought_button_->setText(thought_text_->isVisible() ? tr("Hide the thought") : span.closed ? tr("Show the thought") : tr("Thinking ..."));
  if (raw_ != turn.text || text_->document()->isEmpty()) text_->set_text(span.rest + (running_ ? QStringLiteral("\u2588") : QString()), turn.speaker == Speaker::assistant);
  if (!running_ && raw_ == turn.text && text_->toPlainText().endsWith(QChar(0x2588))) text_->set_text(span.rest, turn.speaker == Speaker::assistant);
  raw_ = turn.text;
  rest_ = span.rest;
  box_->setVisible(!span.rest.isEmpty() || running_);
  QStringList facts;
  if (answer_ && tokens > 0) facts << tr("%n token(s)", "", int(tokens));
  if (turn.answered && turn.answered->ttft_ms > 0) facts << tr("TTFT %1").arg(views::duration(turn.answered->ttft_ms));
  if (turn.answered && turn.answered->tokens_per_s > 0) facts << views::rate(turn.answered->tokens_per_s, "tok/s");
  if (!turn.trouble.isEmpty()) facts << turn.trouble;
  footer_->setText(facts.join(QStringLiteral("  ")));
  footer_->setToolTip(turn.answered ? tr("TTFT: time from the request to the first token. tok/s: tokens after the first, divided by the time they took.") : QString());
  retry_->setVisible(answer_ && !running_);
  edit_->setVisible((!answer_ || turn.speaker == Speaker::text) && !running_);
  copy_->setVisible(!running_);
  for (QWidget* w : std::initializer_list<QWidget*>{previous_, next_, branch_}) w->setVisible(count > 1);
  previous_->setEnabled(place > 0);
  next_->setEnabled(place + 1 < count);
  branch_->setText(QStringLiteral("%1/%2").arg(place + 1).arg(count));
}

int TurnView::rest_offset() const { return int(raw_.size() - rest_.size()); }
int TurnView::thought_offset() const { return thought_.isEmpty() ? 0 : int(raw_.indexOf(thought_)); }

void TurnView::set_marks(const std::vector<TextMark>& marks) {
  const auto moved = [&](int by, qsizetype size) {
    std::vector<TextMark> mine;
    for (TextMark mark : marks) {
      mark.from = std::max(0, mark.from - by);
      mark.to = std::min(int(size), mark.to - by);
      if (mark.from < mark.to) mine.push_back(std::move(mark));
    }
    return mine;
  };
  text_->set_marks(moved(rest_offset(), rest_.size()));
  thought_text_->set_marks(moved(thought_offset(), thought_.size()));
  legend_->setVisible(std::any_of(marks.begin(), marks.end(), [](const TextMark& mark) { return mark.changed; }));
}

QRect TurnView::selected_word() const {
  for (const MarkdownText* text : {thought_text_, text_})
    if (const QRect word = text->isVisible() ? text->selected_word() : QRect(); !word.isNull()) return {text->mapTo(this, word.topLeft()), word.size()};
  return {};
}

QRect TurnView::footer() const { return {0, footer_->y(), width(), height() - footer_->y()}; }

void TurnView::begin_edit() {
  editor_->setPlainText(raw_);
  editor_->setFixedHeight(std::max(64, text_->height() + 24));
  editor_box_->show();
  box_->hide();
  editor_->setFocus();
}

void TurnView::end_edit(bool accept) {
  editor_box_->hide();
  box_->show();
  if (accept) emit edited(id_, editor_->toPlainText());
}

void TurnView::toggle_thought() {
  thought_text_->setVisible(!thought_text_->isVisible());
  thought_button_->setText(thought_text_->isVisible() ? tr("Hide the thought") : tr("Show the thought"));
}

}  // namespace vitrine
