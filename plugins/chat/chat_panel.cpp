// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/chat_panel.h"

#include <QAction>
#include <QCheckBox>
#include <QEvent>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "engine/text/tokenizer.h"
#include "plugins/api/script.h"
#include "plugins/chat/beam_choice.h"
#include "plugins/chat/composer.h"
#include "plugins/chat/markdown_text.h"
#include "plugins/chat/text_places.h"
#include "plugins/chat/token_page.h"
#include "plugins/chat/turn_view.h"
#include "views/distribution_bars.h"
#include "views/numbers.h"
#include "views/panel_frame.h"
#include "views/reset.h"
#include "views/segmented.h"
#include "views/theme.h"
#include "views/token_text.h"

namespace vitrine {

std::unique_ptr<Panel> make_chat_panel(PanelContext& context) { return std::make_unique<ChatPanel>(context); }

ChatPanel::ChatPanel(PanelContext& context) : context_(context), session_(context) {
  build();
  make_actions();
  retranslate();
  connect(&session_, &ChatSession::path_changed, this, &ChatPanel::show_path);
  connect(&session_, &ChatSession::turn_changed, this, &ChatPanel::show_turn);
  connect(&session_, &ChatSession::mode_changed, this, &ChatPanel::show_state);
  connect(&context.workspace, &Workspace::ask_requested, this, [this](const QString& text) {
    if (!session_.only_reads()) session_.ask(text);
  });
  connect(&context.workspace, &Workspace::new_session_requested, this, [this] {
    session_.start_new();
    composer_->focus();
  });
  connect(&context.workspace, &Workspace::token_menu, this, &ChatPanel::fill_token_menu);
  connect(&context.selection, &Selection::changed, this, [this] {
    tokens_->flow().set_lane(context_.selection.lane());
    show_alternatives();
    show_marks();
  });
  connect(&context.selection, &Selection::position_changed, this, [this] {
    // The alternatives may just have taken room: the layout comes first.
    QMetaObject::invokeMethod(this, &ChatPanel::show_selected_word, Qt::QueuedConnection);
  });
  const auto mine = [this](LaneId lane) { return lane == context_.selection.lane(); };
  connect(&context.transcript, &Transcript::tokens_appended, this, [this, mine](LaneId lane) {
    if (mine(lane)) tokens_->flow().appended();
  });
  connect(&context.transcript, &Transcript::lane_began, this, [this, mine](LaneId lane) {
    if (mine(lane)) tokens_->flow().reset();
  });
  connect(&context.transcript, &Transcript::marks_changed, this, &ChatPanel::show_marks);
  connect(&context.transcript, &Transcript::tokens_changed, this, [this, mine](LaneId lane) {
    if (mine(lane)) show_alternatives();
  });
  count_timer_.setSingleShot(true);
  count_timer_.setInterval(250);
  connect(&count_timer_, &QTimer::timeout, this, &ChatPanel::show_count);
  show_path();
}

ChatPanel::~ChatPanel() = default;
QWidget* ChatPanel::widget() { return frame_; }

void ChatPanel::build() {
  frame_ = new views::PanelFrame(tr("Chat"));
  frame_->installEventFilter(this);
  view_ = new views::Segmented(tr("Show as"), {tr("Text"), tr("Tokens"), tr("Prompt")});
  mode_ = new views::Segmented(tr("Mode"), {tr("Chat"), tr("Completion")});
  frame_->controls()->addWidget(view_);
  frame_->controls()->addStretch();
  beams_ = new BeamChoice(session_);
  frame_->controls()->addWidget(beams_);
  frame_->controls()->addWidget(mode_);
  connect(view_, &views::Segmented::chosen, this, [this](int index) {
    pages_->setCurrentIndex(index);
    if (index == 2) show_prompt();
  });
  connect(mode_, &views::Segmented::chosen, this, [this](int index) { session_.set_completion(index == 1); });

  auto* picture = new QWidget;
  auto* column = new QVBoxLayout(picture);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  pages_ = new QStackedWidget;
  tokens_ = new TokenPage(context_);
  connect(&tokens_->scorer(), &PromptScorer::scored, &session_, &ChatSession::keep_scores);
  connect(&tokens_->flow(), &TokenFlow::menu_requested, &context_.workspace, &Workspace::token_menu_requested);
  prompt_ = new QPlainTextEdit;
  prompt_->setReadOnly(true);
  prompt_->setFrameShape(QFrame::NoFrame);
  pages_->addWidget(build_messages());
  pages_->addWidget(tokens_);
  pages_->addWidget(prompt_);
  composer_ = new Composer;
  column->addWidget(pages_, 1);
  column->addWidget(build_alternatives());
  connect(frame_, &views::PanelFrame::room_changed, this, &ChatPanel::fit_alternatives);
  column->addWidget(composer_);
  connect(composer_, &Composer::sent, this, [this](const QString& text) {
    if (text.trimmed().isEmpty() && !session_.conversation().completion) return;
    composer_->clear();
    session_.ask(text);
  });
  connect(composer_, &Composer::stop_requested, &session_, &ChatSession::stop);
  connect(composer_, &Composer::text_changed, this, [this] { count_timer_.start(); });
  frame_->set_picture(picture);
  frame_->set_exporter([this] { return tokens_->exportable(); });
  connect(frame_, &views::PanelFrame::exported, &context_.workspace, &Workspace::tell_exported);
}

QWidget* ChatPanel::build_messages() {
  scroll_ = new QScrollArea;
  scroll_->setWidgetResizable(true);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll_->setFrameShape(QFrame::NoFrame);
  list_ = new QWidget;
  list_layout_ = new QVBoxLayout(list_);
  list_layout_->setContentsMargins(24, 12, 24, 12);
  list_layout_->setSpacing(8);
  system_button_ = new QToolButton;
  system_button_->setProperty("kind", "quiet");
  system_button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  system_button_->setCheckable(true);
  system_ = new QPlainTextEdit;
  system_->setFixedHeight(96);
  system_->setTabChangesFocus(true);
  system_->hide();
  connect(system_button_, &QToolButton::toggled, system_, &QWidget::setVisible);
  connect(system_, &QPlainTextEdit::textChanged, this, [this] {
    session_.set_system_prompt(system_->toPlainText());
    count_timer_.start();
    retranslate();
  });
  empty_ = new views::EmptyState(views::Sketch::list);
  connect(empty_, &views::EmptyState::action_triggered, this, [this] {
    if (!context_.workspace.model()) return context_.workspace.choose_model();
    if (session_.only_reads()) return context_.workspace.show_panel(QStringLiteral("encoder"));
    session_.ask(tr("Why does the KV cache grow with every token?"));
  });
  bos_ = new QCheckBox;
  connect(bos_, &QCheckBox::clicked, this, [this](bool on) {
    session_.set_bos(on);
    show_state();
  });
  views::reset_on_double_click(bos_, [this] {
    session_.set_bos(true);
    show_state();
  });
  list_layout_->addWidget(bos_, 0, Qt::AlignLeft);
  list_layout_->addWidget(system_button_, 0, Qt::AlignLeft);
  list_layout_->addWidget(system_);
  list_layout_->addWidget(empty_, 1);
  list_layout_->addStretch();
  list_->setObjectName("chat_list");
  list_->setStyleSheet(QStringLiteral("#chat_list{background:palette(base)}"));
  scroll_->setWidget(list_);
  connect(scroll_->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) { at_end_ = value >= scroll_->verticalScrollBar()->maximum() - 8; });
  connect(scroll_->verticalScrollBar(), &QScrollBar::rangeChanged, this, [this](int, int) { follow_end(); });
  return scroll_;
}

QWidget* ChatPanel::build_alternatives() {
  auto* box = new QWidget;
  alternatives_box_ = new QScrollArea;
  alternatives_box_->setWidgetResizable(true);
  alternatives_box_->setFrameShape(QFrame::NoFrame);
  alternatives_box_->setFocusPolicy(Qt::NoFocus);
  alternatives_box_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  alternatives_box_->viewport()->setAutoFillBackground(false);
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(24, 8, 24, 0);
  column->setSpacing(4);
  alternatives_title_ = new QLabel;
  alternatives_title_->setWordWrap(true);
  alternatives_ = new views::DistributionBars(tr("Alternatives of the selected token"));
  column->addWidget(alternatives_title_);
  column->addWidget(alternatives_);
  alternatives_box_->setWidget(box);
  box->setAutoFillBackground(false);
  alternatives_box_->hide();
  connect(alternatives_, &views::DistributionBars::row_activated, this, [this](int row) {
    if (row >= 0 && row < int(alternative_ids_.size())) session_.continue_from(context_.selection.position(), alternative_ids_[size_t(row)]);
  });
  return alternatives_box_;
}

void ChatPanel::make_actions() {
  const auto add = [this](const QString& text, const QString& tip, const QKeySequence& key, auto slot) {
    auto* action = new QAction(text, frame_);
    action->setToolTip(tip);
    action->setShortcut(key);
    connect(action, &QAction::triggered, this, slot);
    actions_ << action;
  };
  add(tr("New conversation"), tr("Begin an empty conversation; this one stays in the sessions"), QKeySequence("Ctrl+N"), [this] { context_.workspace.new_session(); });
  add(tr("Answer again"), tr("Another answer to the last question, with the next seed"), QKeySequence("Ctrl+R"), [this] {
    if (const Turn* turn = session_.current_answer()) session_.retry(turn->id);
  });
  add(tr("Stop the answer"), tr("Stop generating"), QKeySequence("Ctrl+."), [this] { session_.stop(); });
  add(tr("Type a message"), tr("Put the cursor into the composer"), QKeySequence("Ctrl+L"), [this] { composer_->focus(); });
  add(tr("Show the exact prompt"), tr("The rendered text with its special tokens"), QKeySequence("Ctrl+P"), [this] {
    view_->set_current(2);
    pages_->setCurrentIndex(2);
    show_prompt();
  });
}

QString ChatPanel::model_name() const {
  const auto model = context_.workspace.model();
  return model ? QString::fromStdString(model->facts->spec.name) : tr("Model");
}

void ChatPanel::show_path() {
  const auto path = session_.conversation().path();
  shown_.clear();
  for (const Turn* turn : path) shown_.push_back(turn->id);
  for (auto view = views_.begin(); view != views_.end();) {
    if (std::find(shown_.begin(), shown_.end(), view->first) == shown_.end()) {
      view->second->hide();
      view->second->deleteLater();
      view = views_.erase(view);
    } else {
      ++view;
    }
  }
  for (size_t i = 0; i < shown_.size(); ++i) {
    const int64_t id = shown_[i];
    if (views_.count(id)) continue;
    auto* view = new TurnView(id);
    views_[id] = view;
    list_layout_->insertWidget(4 + int(i), view);  // below BOS, system prompt and the empty state
    connect(view, &TurnView::retry_requested, &session_, &ChatSession::retry);
    connect(view, &TurnView::edited, &session_, [this](qint64 turn, const QString& text) { session_.edit(turn, text); });
    connect(view, &TurnView::text_clicked, this, &ChatPanel::text_clicked);
    connect(view, &TurnView::branch_requested, this, [this](qint64 turn, int step) {
      const auto siblings = session_.conversation().siblings(turn);
      const auto at = std::find(siblings.begin(), siblings.end(), turn);
      const auto to = at - siblings.begin() + step;
      if (to >= 0 && to < int64_t(siblings.size())) session_.select_branch(siblings[size_t(to)]);
    });
  }
  for (int64_t id : shown_) refresh_turn(id);
  at_end_ = true;
  follow_end();
  tokens_->flow().set_lane(context_.selection.lane());
  show_state();
  show_alternatives();
  show_marks();
}

void ChatPanel::show_turn(qint64 id) {
  refresh_turn(id);
  show_marks();
  if (const Turn* turn = session_.conversation().find(id); turn && turn->job == 0) show_state();
}

void ChatPanel::refresh_turn(int64_t id) {
  const auto view = views_.find(id);
  const Turn* turn = session_.conversation().find(id);
  if (view == views_.end() || !turn) return;
  const auto siblings = session_.conversation().siblings(id);
  const auto at = std::find(siblings.begin(), siblings.end(), int64_t(id));
  const TranscriptLane* lane = context_.transcript.lane(turn->lane);
  view->second->show_turn(*turn, model_name(), int(at - siblings.begin()), int(siblings.size()), lane ? lane->answer_tokens() : 0);
}

/// The selected token and what the tried sampler would have changed, in the text of their answer.
void ChatPanel::show_marks() {
  const LaneId selected = context_.selection.lane();
  const TranscriptLane* lane = context_.transcript.lane(selected);
  for (const auto& [id, view] : views_) {
    const Turn* turn = session_.conversation().find(id);
    std::vector<TextMark> marks;
    if (turn && lane && turn->lane == selected) {
      const std::vector<TextSpan> spans = token_spans(*lane, turn->text);
      const auto mark = [&](qint64 position) {
        const qint64 at = position - lane->prompt_tokens;
        if (at >= 0 && at < qint64(spans.size())) marks.push_back({.from = spans[size_t(at)].from, .to = spans[size_t(at)].to});
        return at >= 0 && at < qint64(spans.size());
      };
      if (mark(context_.selection.position())) marks.back().selected = true;
      for (const TokenMark& other : context_.transcript.marks(selected))
        if (mark(other.position)) {
          marks.back().changed = true;
          marks.back().tip = tr("the sampler being tried would draw %1").arg(views::token_text(context_.transcript.face(other.other).bytes));
        }
    }
    view->set_marks(marks);
  }
}

/// Scrolls the conversation to the word of the selected token.
void ChatPanel::show_selected_word() {
  for (const auto& [id, view] : views_)
    if (const QRect word = view->selected_word(); !word.isNull()) {
      const QRect area(view->mapTo(list_, word.topLeft()), word.size());
      at_end_ = false;  // the word asked for goes before following the end
      scroll_->ensureVisible(area.center().x(), area.center().y(), 0, std::min(views::theme().px(48), scroll_->viewport()->height() / 3));
      show_whole_footer(*view, area);
    }
}

/// No line with counts and buttons is cut by the lower edge: it comes into sight, or goes out of it where the word would.
void ChatPanel::show_whole_footer(const TurnView& view, const QRect& word) {
  QScrollBar& bar = *scroll_->verticalScrollBar();
  const QRect own = view.footer();
  const int top = view.mapTo(list_, own.topLeft()).y(), bottom = top + own.height(), edge = bar.value() + scroll_->viewport()->height();
  if (edge <= top || edge >= bottom) return;
  const bool fits = bar.value() + bottom - edge <= word.top();
  bar.setValue(bar.value() + (fits ? bottom - edge : top - edge));
}

void ChatPanel::text_clicked(qint64 id, int offset) {
  session_.look_at(id);
  const Turn* turn = session_.conversation().find(id);
  const TranscriptLane* lane = turn ? context_.transcript.lane(turn->lane) : nullptr;
  if (!lane) return;
  const std::vector<TextSpan> spans = token_spans(*lane, turn->text);
  const auto found = std::find_if(spans.begin(), spans.end(), [offset](const TextSpan& span) { return offset >= span.from && offset < span.to; });
  if (found != spans.end()) context_.selection.set_position(lane->prompt_tokens + (found - spans.begin()));
}

/// What the chat offers for a token: to go on from it with another one.
void ChatPanel::fill_token_menu(QMenu* menu, qint64 position) {
  const TranscriptLane* lane = context_.transcript.lane(context_.selection.lane());
  if (!lane || session_.running() || position < lane->prompt_tokens || position >= qint64(lane->tokens.size())) return;
  const TranscriptToken& token = lane->tokens[size_t(position)];
  QMenu* others = menu->addMenu(tr("Continue with another token"));
  for (const TokenAlternative& other : token.top) {
    if (other.id == token.id) continue;
    if (others->actions().size() == 8) break;
    others->addAction(views::token_text(context_.transcript.face(other.id).bytes) + QStringLiteral("   ") + views::percent(std::exp(double(other.logprob))), this,
                      [this, position, id = other.id] { session_.continue_from(position, id); });
  }
  others->setEnabled(!others->isEmpty());
}

void ChatPanel::show_state() {
  const Conversation& conversation = session_.conversation();
  const auto model = context_.workspace.model();
  empty_->setVisible(conversation.path().empty());
  mode_->set_current(conversation.completion ? 1 : 0);
  mode_->set_enabled(0, !model || session_.can_chat());
  if (system_->toPlainText() != conversation.system_prompt) system_->setPlainText(conversation.system_prompt);
  show_bos();
  system_button_->setVisible(!conversation.completion);
  system_->setVisible(!conversation.completion && system_button_->isChecked());
  composer_->set_running(session_.running());
  QString placeholder = conversation.path().empty() ? tr("Ask something") : tr("Ask a follow-up");
  if (conversation.completion) placeholder = session_.answers_to_source() ? tr("Text to answer: a sentence to translate, a page to sum up") : tr("Text to continue");
  if (!model) placeholder = tr("Open a model first");
  if (model && !session_.can_answer()) placeholder = model->tokenizer ? tr("This model does not generate text") : tr("This checkpoint has no tokenizer");
  composer_->set_ready(model && session_.can_answer(), placeholder);
  const Turn* answer = session_.current_answer();
  frame_->set_now(answer ? tr("%n message(s)", "", int(conversation.path().size())) : QString());
  const bool bare = model && !model->chat_template && session_.can_answer();
  frame_->set_note(!bare                           ? QString()
                   : session_.answers_to_source() ? tr("An encoder reads each text by itself, a decoder writes the answer to it.")
                                                  : tr("This checkpoint has no chat template: raw text is continued as it stands."));
  beams_->refresh();
  if (pages_->currentIndex() == 2) show_prompt();
  count_timer_.start();
}

/// Raw text begins with BOS only where the tokenizer adds one and the user wants it.
void ChatPanel::show_bos() {
  const auto model = context_.workspace.model();
  const bool adds = model && model->tokenizer && model->tokenizer->adds_bos() && model->tokenizer->bos_id();
  bos_->setVisible(adds && session_.conversation().completion);
  if (!adds) return;
  bos_->setText(tr("Begin with %1").arg(QString::fromStdString(std::string(model->tokenizer->piece(*model->tokenizer->bos_id())))));
  bos_->setToolTip(tr("The token that the tokenizer puts before a text"));
  bos_->setChecked(session_.bos());
}

void ChatPanel::show_prompt() {
  QString why;
  const BuiltPrompt built = session_.preview(composer_->text(), &why);
  prompt_->setFont(views::theme().mono());
  QString text = QString::fromStdString(built.text);
  if (session_.answers_to_source()) {  // one token a line: what the encoder reads
    text += '\n';
    for (size_t i = 0; i < built.ids.size(); ++i)
      text += QStringLiteral("\n%1  %2  %3").arg(i, 4).arg(built.ids[i], 7).arg(views::token_text(context_.transcript.face(built.ids[i]).bytes));
  }
  prompt_->setPlainText(why.isEmpty() ? text : why);
}

void ChatPanel::show_count() {
  const auto model = context_.workspace.model();
  const BuiltPrompt built = session_.preview(composer_->text());
  composer_->set_count(model && !built.ids.empty() ? tr("%1 of %2 tokens").arg(views::count(qint64(built.ids.size())), views::count(model->facts->spec.context_length))
                                                  : QString());
}

void ChatPanel::follow_end() {
  if (at_end_ && !session_.conversation().empty()) scroll_->verticalScrollBar()->setValue(scroll_->verticalScrollBar()->maximum());
}

void ChatPanel::on_events(std::span<const Event> events) {
  session_.on_events(events);
  tokens_->on_events(events);
}

void ChatPanel::on_model_changed(const ModelLoaded* model) {
  session_.on_model_changed();
  show_state();
  retranslate();
  if (model) composer_->focus();
}

bool ChatPanel::eventFilter(QObject* object, QEvent* event) {
  if (object == frame_ && event->type() == QEvent::LanguageChange) retranslate();
  return QObject::eventFilter(object, event);
}

void ChatPanel::retranslate() {
  frame_->set_title(tr("Chat"));
  view_->set_choices({tr("Text"), tr("Tokens"), tr("Prompt")});
  view_->set_tool_tips({tr("The conversation as text"), tr("Every token as a chip, coloured by its probability"), tr("The exact text the model reads, special tokens visible")});
  mode_->set_choices({tr("Chat"), tr("Completion")});
  mode_->set_tool_tips({tr("Messages through the checkpoint's chat template"), tr("Raw text, continued as it stands")});
  const qsizetype words = session_.conversation().system_prompt.split(' ', Qt::SkipEmptyParts).size();
  system_button_->setText(words > 0 ? tr("System prompt, %n word(s)", "", int(words)) : tr("System prompt"));
  system_button_->setToolTip(tr("What the model is told before the conversation; empty: the template's own, if it has one"));
  system_button_->setIcon(views::theme().icon("chevron-right"));
  system_->setAccessibleName(tr("System prompt"));
  prompt_->setAccessibleName(tr("Exact prompt"));
  if (!context_.workspace.model()) {
    empty_->set_texts(tr("Open a model"), tr("Drop a GGUF file or a folder with safetensors anywhere, or choose one that is already on this machine."));
    empty_->set_action(tr("Open a model…"));
    return;
  }
  const bool reads_only = session_.only_reads();
  empty_->set_texts(reads_only ? tr("This model reads, it does not write") : tr("Ask the model"),
                    reads_only ? tr("It is an encoder: it fills masked words and compares sentences in the panel Encoder.")
                               : tr("The answer streams here; every token can be opened: its alternatives, the sampler's stages, the attention behind it."));
  empty_->set_action(reads_only                                                         ? tr("Open Encoder")
                     : session_.can_answer() && !session_.answers_to_source() ? tr("Why does the KV cache grow with every token?")
                                                                              : QString());
}

QJsonObject ChatPanel::save() const { return {{"view", view_->current()}, {"draft", composer_->text()}, {"system", session_.conversation().system_prompt}}; }

void ChatPanel::restore(const QJsonObject& state) {
  view_->set_current(state["view"].toInt());
  pages_->setCurrentIndex(state["view"].toInt());
  composer_->set_text(state["draft"].toString());
  if (session_.conversation().empty() && session_.session() == 0) system_->setPlainText(state["system"].toString());
}

QString ChatPanel::script() const {
  const auto model = context_.workspace.model();
  const TranscriptLane* lane = context_.transcript.lane(context_.selection.lane());
  return model && lane ? generate_script(QString::fromStdString(model->facts->path.string()), *lane, lane->request.sampler) : QString();
}

QString ChatPanel::summary() const {
  const Turn* turn = session_.current_answer();
  if (!turn) return tr("Empty conversation.");
  return tr("%1 says: %2").arg(model_name(), turn->text.right(400));
}

}  // namespace vitrine
