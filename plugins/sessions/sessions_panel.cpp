// SPDX-License-Identifier: Apache-2.0
// Wires list, details, comparison and actions to the store.
#include "plugins/sessions/sessions_panel.h"

#include <QComboBox>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/core/error.h"
#include "plugins/api/script.h"
#include "plugins/sessions/comparison_view.h"
#include "plugins/sessions/session_delegate.h"
#include "plugins/sessions/session_detail.h"
#include "views/numbers.h"
#include "views/panel_frame.h"
#include "views/reset.h"
#include "views/segmented.h"
#include "views/theme.h"

namespace vitrine {

using views::theme;

static constexpr int kSearchAfterMs = 150;
static constexpr int kRefreshAfterMs = 300;
static constexpr int kSideBySide = 760;  // logical pixels from which details stand beside the list

std::unique_ptr<Panel> make_sessions_panel(PanelContext& context) { return std::make_unique<SessionsPanel>(context); }

template <class Work>
bool SessionsPanel::guarded(Work work) {
  try {
    work();
    return true;
  } catch (const Error& e) {
    context_.workspace.show_error(e);
    return false;
  }
}

SessionsPanel::SessionsPanel(PanelContext& context)
    : context_(context), model_(std::make_unique<SessionsModel>(context.store)) {
  build();
  if (!context_.store) return;
  replayer_ = std::make_unique<Replayer>(context_.engine, *context_.store);
  connect(replayer_.get(), &Replayer::progressed, this, [this](qint64, const QString& what, qint64 done, qint64 total) {
    if (detail_ && detail_->session() == replaying_) detail_->set_replaying(true, what, done, total);
    context_.workspace.update_job(replay_job_, done, total);
  });
  connect(replayer_.get(), &Replayer::finished, this, [this] { replay_ended(); });
  connect(replayer_.get(), &Replayer::stopped, this, [this] { replay_ended(); });
  connect(replayer_.get(), &Replayer::failed, this, [this](qint64, const QString& what, const QString& hint) {
    replay_ended();
    context_.workspace.show_error(what, hint);
  });
  connect(&context_.workspace, &Workspace::session_changed, this, [this](qint64 session) {
    model_->set_current(session);
    refresh_timer_->start();
  });
  model_->set_current(context_.workspace.session());
}

SessionsPanel::~SessionsPanel() {
  replayer_.reset();
  if (detail_) detail_->release();
}

QWidget* SessionsPanel::widget() { return frame_; }

void SessionsPanel::build() {
  frame_ = new views::PanelFrame(tr("Sessions"));
  frame_->installEventFilter(this);
  search_timer_ = new QTimer(this);
  search_timer_->setSingleShot(true);
  search_timer_->setInterval(kSearchAfterMs);
  refresh_timer_ = new QTimer(this);
  refresh_timer_->setSingleShot(true);
  refresh_timer_->setInterval(kRefreshAfterMs);
  connect(refresh_timer_, &QTimer::timeout, this, &SessionsPanel::refresh);
  connect(model_.get(), &SessionsModel::failed, this,
          [this](const QString& what, const QString& hint) { context_.workspace.show_error(what, hint); });
  list_ = new QListView;
  list_->setObjectName("session_list");
  delegate_ = new SessionDelegate(list_);
  list_->setModel(model_.get());
  list_->setItemDelegate(delegate_);
  list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  list_->setEditTriggers(QAbstractItemView::EditKeyPressed);
  list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list_->setUniformItemSizes(false);
  list_->setMouseTracking(true);
  list_->setContextMenuPolicy(Qt::CustomContextMenu);
  list_->installEventFilter(this);
  detail_ = new SessionDetail(context_.store);
  comparison_ = new ComparisonView;
  none_found_ = new QLabel;
  none_found_->setAlignment(Qt::AlignCenter);
  none_found_->setWordWrap(true);
  none_found_->setProperty("role", "t2");
  none_found_->setMargin(24);
  side_ = new QStackedWidget;
  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setWidget(detail_);
  side_->addWidget(scroll);
  side_->addWidget(comparison_);
  side_->setMinimumHeight(theme().px(120));
  pages_ = new QStackedWidget;
  pages_->addWidget(list_);
  pages_->addWidget(none_found_);
  auto* browser = new QWidget;
  auto* column = new QVBoxLayout(browser);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(build_filters());
  column->addWidget(pages_, 1);
  split_ = new QSplitter(Qt::Vertical);
  split_->setProperty("surface", "panel");
  split_->setAttribute(Qt::WA_StyledBackground);
  split_->addWidget(browser);
  split_->addWidget(side_);
  split_->setChildrenCollapsible(false);
  split_->setStretchFactor(0, 3);
  split_->setStretchFactor(1, 2);
  frame_->set_picture(split_);
  make_actions();
  connect(list_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &SessionsPanel::selection_changed);
  connect(list_, &QListView::doubleClicked, this, &SessionsPanel::open_selected);
  connect(list_, &QListView::customContextMenuRequested, this, [this](const QPoint& at) {
    if (!picked_.isEmpty()) menu_->popup(list_->viewport()->mapToGlobal(at));
  });
  connect(detail_, &SessionDetail::open_asked, this, &SessionsPanel::open_selected);
  connect(detail_, &SessionDetail::replay_asked, this, &SessionsPanel::start_replay);
  connect(detail_, &SessionDetail::replay_stopped, this, [this] { replayer_->stop(); });
  connect(detail_, &SessionDetail::view_asked, &context_.workspace, &Workspace::show_view);
  connect(detail_, &SessionDetail::edited, refresh_timer_, qOverload<>(&QTimer::start));
  connect(detail_, &SessionDetail::failed, this,
          [this](const QString& what, const QString& hint) { context_.workspace.show_error(what, hint); });
  connect(&theme(), &views::Theme::changed, this, [this] {
    list_->doItemsLayout();
    new_->setIcon(theme().icon("plus"));
  });
  retranslate();
}

QWidget* SessionsPanel::build_filters() {
  auto* filters = new QFrame;
  filters->setProperty("surface", "panel");
  filters->setProperty("rule", "bottom");
  search_ = new QLineEdit;
  search_->setClearButtonEnabled(true);
  search_->addAction(theme().icon("search"), QLineEdit::LeadingPosition);
  search_->installEventFilter(this);
  search_->setMinimumHeight(theme().px(28));
  // The icon and the clear button are tool buttons to the style sheet: not the ones with a frame.
  search_->setStyleSheet(
      QStringLiteral("QToolButton { min-height: 0; padding: 0; border: 0; background: transparent; }"));
  models_ = new QComboBox;
  period_ = new QComboBox;
  period_->addItems({QString(), QString(), QString(), QString()});
  models_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  models_->setMinimumContentsLength(9);
  order_ = new views::Segmented(tr("Order"), {QString(), QString()});
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  row->addWidget(models_, 1);
  row->addWidget(period_, 1);
  row->addStretch(0);
  row->addWidget(order_);
  new_ = new QToolButton;
  new_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  connect(new_, &QToolButton::clicked, &context_.workspace, &Workspace::new_session);
  auto* first = new QHBoxLayout;
  first->setSpacing(8);
  first->addWidget(search_, 1);
  first->addWidget(new_);
  auto* column = new QVBoxLayout(filters);
  column->setContentsMargins(16, 8, 16, 8);
  column->setSpacing(8);
  column->addLayout(first);
  column->addLayout(row);
  connect(search_, &QLineEdit::textChanged, search_timer_, qOverload<>(&QTimer::start));
  connect(search_timer_, &QTimer::timeout, this, [this] {
    model_->set_search(search_->text());
    refresh();
  });
  connect(models_, &QComboBox::activated, this, [this](int index) {
    model_->set_model_filter(index > 0 ? models_->itemText(index) : QString());
    refresh();
  });
  connect(period_, &QComboBox::activated, this, [this](int index) {
    model_->set_period(SessionsModel::Period(index));
    refresh();
  });
  views::reset_on_double_click(models_, [this] {
    models_->setCurrentIndex(0);
    model_->set_model_filter({});
    refresh();
  });
  views::reset_on_double_click(period_, [this] {
    period_->setCurrentIndex(0);
    model_->set_period(SessionsModel::Period(0));
    refresh();
  });
  connect(order_, &views::Segmented::chosen, this, [this](int index) {
    model_->set_order(index == 0 ? ListQuery::Order::recent : ListQuery::Order::relevance);
    refresh();
  });
  return filters;
}

QAction* SessionsPanel::add_action(const char* name, const QKeySequence& key, void (SessionsPanel::*call)()) {
  auto* action = new QAction(frame_);
  action->setObjectName(QString::fromLatin1(name));
  action->setShortcut(key);
  action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  list_->addAction(action);  // keys work while the list has the focus
  connect(action, &QAction::triggered, this, call);
  actions_ << action;
  return action;
}

void SessionsPanel::make_actions() {
  menu_ = new QMenu(frame_);
  const auto item = [this](const char* name, const QKeySequence& key, void (SessionsPanel::*call)()) {
    QAction* action = add_action(name, key, call);
    menu_->addAction(action);
    if (std::string_view(name) != "open") frame_->more_menu()->addAction(action);
  };
  item("open", {}, &SessionsPanel::open_selected);
  item("rename", {}, &SessionsPanel::rename_selected);
  item("duplicate", QKeySequence(Qt::CTRL | Qt::Key_D), &SessionsPanel::duplicate_selected);
  item("replay", QKeySequence(Qt::CTRL | Qt::Key_R), &SessionsPanel::replay_selected);
  menu_->addSeparator();
  item("markdown", {}, &SessionsPanel::export_markdown);
  item("json", {}, &SessionsPanel::export_json);
  item("vitrine", {}, &SessionsPanel::export_vitrine);
  menu_->addSeparator();
  item("delete", QKeySequence(QKeySequence::Delete), &SessionsPanel::delete_selected);
  frame_->more_menu()->addSeparator();
  frame_->more_menu()->addAction(add_action("import", {}, &SessionsPanel::import_sessions));
}

void SessionsPanel::retranslate() {
  const std::pair<const char*, QString> texts[] = {{"open", tr("Open session in chat")},
                                                   {"rename", tr("Rename session (F2)")},
                                                   {"duplicate", tr("Duplicate session")},
                                                   {"replay", tr("Run the answer again")},
                                                   {"markdown", tr("Export session as Markdown…")},
                                                   {"json", tr("Export session as JSON…")},
                                                   {"vitrine", tr("Export session as .vitrine…")},
                                                   {"delete", tr("Delete session")},
                                                   {"import", tr("Import sessions…")}};
  for (QAction* action : actions_)
    for (const auto& [name, text] : texts)
      if (action->objectName() == QLatin1String(name)) {
        action->setText(text);
        action->setToolTip(text);
      }
  frame_->set_title(tr("Sessions"));
  frame_->set_explanation(
      {.what = tr("Every conversation with everything that produced it: model file and hash, settings, seed, tokens "
                  "with their "
                  "probabilities. It is saved while it happens."),
       .how_to_read =
           tr("Choose one session for its notes and its replay, two for a comparison. “Same on replay” means that the "
              "recorded commands, run again, gave the same tokens from first to last."),
       .formula = tr("Replay compares token ids in order and stops at the first that differs."),
       .source = tr("The session file on this computer; nothing leaves it."),
       .misreadings = {
           tr("A replay that differs is not an error: another instruction set or file rounds differently."),
           tr("The same text does not mean the same inner values; two weight formats may agree on every token.")}});
  new_->setText(tr("New session"));
  new_->setIcon(theme().icon("plus"));
  new_->setAccessibleName(tr("New session"));
  new_->setToolTip(tr("An empty conversation in the chat (Ctrl+N); the one before stays here"));
  search_->setPlaceholderText(tr("Search titles, messages, notes and tags"));
  search_->setAccessibleName(tr("Search sessions"));
  search_->setToolTip(tr("All words must occur; “quotation marks” keep words together"));
  const QString periods[] = {tr("Any time"), tr("Today"), tr("Last 7 days"), tr("Last 30 days")};
  for (int i = 0; i < 4; ++i) period_->setItemText(i, periods[i]);
  period_->setAccessibleName(tr("Period"));
  period_->setToolTip(tr("Only sessions changed in this period"));
  models_->setAccessibleName(tr("Model"));
  models_->setToolTip(tr("Only sessions answered by this model"));
  order_->set_choices({tr("Recent"), tr("Matching")});
  order_->set_tool_tips({tr("Newest first, by day"), tr("Best match first")});
  list_->setAccessibleName(tr("Sessions"));
  views::EmptyState* empty = frame_->empty_state(views::Sketch::list);
  if (context_.store)
    empty->set_texts(
        tr("No session yet"),
        tr("Ask something in the chat: the conversation is kept here, with everything needed to run it again."));
  else if (!context_.workspace.keeps_sessions())
    empty->set_texts(tr("This start keeps no sessions"),
                     tr("It was begun with --fresh: nothing is read from the saved sessions, nothing is added. Start without it to have them back."));
  else
    empty->set_texts(tr("Sessions are not saved"),
                     tr("The session file could not be opened. What you do now is not kept."));
  refill_models();
  update_now();
}

void SessionsPanel::refill_models() {
  const QString was = models_->currentIndex() > 0 ? models_->currentText() : QString();
  const QSignalBlocker quiet(models_);
  models_->clear();
  models_->addItem(tr("All models"));
  models_->addItems(model_->models());
  models_->setCurrentIndex(std::max(0, models_->findText(was)));
}

void SessionsPanel::on_visible(bool visible) {
  visible_ = visible;
  if (visible) refresh();
}

void SessionsPanel::on_events(std::span<const Event> events) {
  const bool ended = std::any_of(events.begin(), events.end(),
                                 [](const Event& e) { return std::holds_alternative<JobEnded>(e.body); });
  if (ended && visible_) refresh_timer_->start();
}

void SessionsPanel::refresh() {
  if (!context_.store) return frame_->show_empty();
  if (!visible_) return;
  const int scrolled = list_->verticalScrollBar()->value();
  const QList<SessionId> picked = picked_;
  selecting_ = true;
  delegate_->set_terms(model_->terms());
  model_->refresh();
  picked_.clear();
  for (const SessionId session : picked)
    if (const int row = model_->row_of(session); row >= 0) {
      list_->selectionModel()->select(model_->index(row), QItemSelectionModel::Select);
      list_->selectionModel()->setCurrentIndex(model_->index(row), QItemSelectionModel::NoUpdate);
      picked_ << session;
    }
  selecting_ = false;
  list_->verticalScrollBar()->setValue(scrolled);
  refill_models();
  pages_->setCurrentIndex(model_->rowCount() > 0 ? 0 : 1);
  none_found_->setText(tr("No session matches. Take away a word or a filter."));
  if (model_->total() == 0)
    frame_->show_empty();
  else
    frame_->show_picture();
  if (model_->search().isEmpty()) order_->set_current(0);
  order_->set_enabled(1, !model_->search().trimmed().isEmpty());
  show_selected();
}

void SessionsPanel::selection_changed() {
  if (selecting_) return;
  QList<SessionId> now;
  for (const QModelIndex& index : list_->selectionModel()->selectedIndexes())
    now << index.data(SessionsModel::kId).toLongLong();
  picked_.removeIf([&](SessionId session) { return !now.contains(session); });
  for (const SessionId session : now)
    if (!picked_.contains(session)) picked_ << session;
  show_selected();
}

std::vector<SessionId> SessionsPanel::chosen() const {
  std::vector<SessionId> first(picked_.begin(), picked_.end());
  if (first.size() > 2) first.resize(2);
  return first;
}

void SessionsPanel::show_selected() {
  const std::vector<SessionId> sessions = chosen();
  model_->set_badges(sessions.size() == 2 ? sessions[0] : 0, sessions.size() == 2 ? sessions[1] : 0);
  guarded([&] {
    if (sessions.size() == 1) {
      detail_->show_session(*model_->row(model_->row_of(sessions[0])));
      detail_->set_replaying(replaying_ != 0 && replaying_ == sessions[0]);
    }
    if (sessions.size() == 2)
      comparison_->show_pair(*context_.store, *model_->row(model_->row_of(sessions[0])),
                             *model_->row(model_->row_of(sessions[1])));
  });
  side_->setVisible(!sessions.empty());
  if (!sessions.empty()) side_->setCurrentIndex(int(sessions.size()) - 1);
  frame_->set_note(sessions.empty() && model_->rowCount() > 0
                       ? tr("Choose a session for its notes and its replay, or two (Ctrl+click) to compare them.")
                       : QString());
  for (QAction* action : actions_) {
    const QString name = action->objectName();
    const bool one =
        name == QLatin1String("open") || name == QLatin1String("rename") || name == QLatin1String("replay");
    action->setEnabled(name == QLatin1String("import") ? context_.store != nullptr
                       : one                           ? sessions.size() == 1
                                                       : !sessions.empty());
  }
  update_now();
}

void SessionsPanel::update_now() { frame_->set_now(summary()); }

QString SessionsPanel::script() const {
  if (!context_.store || picked_.size() != 1) return {};
  return cli_script(QStringLiteral("session ") + shell_word(QString::fromStdString(context_.store->file().string())),
                    {QStringLiteral("show %1").arg(picked_.first())});
}

QString SessionsPanel::summary() const {
  if (!context_.store) return tr("not saved");
  QString text = model_->filtered()
                     ? tr("%1 of %2").arg(views::count(model_->rowCount()), views::count(model_->total()))
                     : views::count(model_->total());
  if (picked_.size() >= 2) text += QStringLiteral(", ") + tr("%1 chosen").arg(picked_.size());
  return text;
}

void SessionsPanel::select(SessionId session) {
  picked_ = {session};
  refresh();
  if (const int row = model_->row_of(session); row >= 0) list_->scrollTo(model_->index(row));
}

bool SessionsPanel::eventFilter(QObject* object, QEvent* event) {
  if (object == frame_ && event->type() == QEvent::LanguageChange) retranslate();
  if (object == frame_ && event->type() == QEvent::Resize)
    split_->setOrientation(frame_->width() >= theme().px(kSideBySide) ? Qt::Horizontal : Qt::Vertical);
  if (event->type() != QEvent::KeyPress) return false;
  const int key = static_cast<QKeyEvent*>(event)->key();
  if (object == list_ && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
    open_selected();
    return true;
  }
  if (object == search_ && key == Qt::Key_Escape && !search_->text().isEmpty()) {
    search_->clear();
    return true;
  }
  if (object == search_ && key == Qt::Key_Down && model_->rowCount() > 0) {
    list_->setFocus();
    if (picked_.isEmpty()) list_->setCurrentIndex(model_->index(0));
    return true;
  }
  return false;
}

QJsonObject SessionsPanel::save() const {
  return {{"split_across", QString::fromLatin1(split_->saveState().toBase64())}};
}

void SessionsPanel::restore(const QJsonObject& state) {
  split_->restoreState(QByteArray::fromBase64(state["split_across"].toString().toLatin1()));
}

}  // namespace vitrine
