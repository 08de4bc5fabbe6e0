// SPDX-License-Identifier: Apache-2.0
// Notes and tags are saved half a second after the last key, and when another session is shown.
#include "plugins/sessions/session_detail.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/core/error.h"
#include "plugins/sessions/comparison_model.h"
#include "plugins/sessions/sessions_model.h"
#include "views/elided_label.h"
#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {

using views::colors;
using views::theme;
using views::Type;

static constexpr int kSaveAfterMs = 500;

SessionDetail::SessionDetail(SessionStore* store, QWidget* parent)
    : QWidget(parent),
      store_(store),
      title_(new views::ElidedLabel(this)),
      facts_(new QLabel(this)),
      verdict_icon_(new QLabel(this)),
      verdict_(new QLabel(this)),
      notes_label_(new QLabel(this)),
      tags_label_(new QLabel(this)),
      pins_label_(new QLabel(this)),
      open_(new QPushButton(this)),
      replay_(new QPushButton(this)),
      progress_(new QProgressBar(this)),
      notes_(new QPlainTextEdit(this)),
      tags_(new QLineEdit(this)),
      pins_(new QWidget(this)) {
  build();
  save_timer_.setSingleShot(true);
  save_timer_.setInterval(kSaveAfterMs);
  const auto touch = [this] {
    touched_ = true;
    save_timer_.start();
  };
  connect(notes_, &QPlainTextEdit::textChanged, this, touch);
  connect(tags_, &QLineEdit::textEdited, this, touch);
  connect(&save_timer_, &QTimer::timeout, this, &SessionDetail::save_edits);
  connect(open_, &QPushButton::clicked, this, [this] { emit open_asked(row_.id); });
  connect(replay_, &QPushButton::clicked, this, [this] {
    if (replaying_)
      emit replay_stopped();
    else
      emit replay_asked(row_.id);
  });
  connect(&theme(), &views::Theme::changed, this, &SessionDetail::restyle);
  restyle();
  retranslate();
}

SessionDetail::~SessionDetail() { save_edits(); }

void SessionDetail::build() {
  facts_->setProperty("role", "t2");
  facts_->setWordWrap(true);
  verdict_->setWordWrap(true);
  verdict_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  facts_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  progress_->setTextVisible(false);
  progress_->hide();
  notes_->setTabChangesFocus(true);
  notes_label_->setBuddy(notes_);
  tags_label_->setBuddy(tags_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 10, 16, 12);
  column->setSpacing(6);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(open_);
  buttons->addWidget(replay_);
  buttons->addStretch(1);
  auto* verdict = new QHBoxLayout;
  verdict->addWidget(verdict_icon_, 0, Qt::AlignTop);
  verdict->addWidget(verdict_, 1);
  pins_->setLayout(new QVBoxLayout);
  pins_->layout()->setContentsMargins(0, 0, 0, 0);
  column->addWidget(title_);
  column->addWidget(facts_);
  column->addLayout(buttons);
  column->addWidget(progress_);
  column->addLayout(verdict);
  column->addSpacing(4);
  column->addWidget(notes_label_);
  column->addWidget(notes_, 1);
  column->addWidget(tags_label_);
  column->addWidget(tags_);
  column->addWidget(pins_label_);
  column->addWidget(pins_);
}

void SessionDetail::restyle() {
  title_->setFont(theme().font(Type::title, true));
  for (QLabel* label : {notes_label_, tags_label_, pins_label_}) label->setFont(theme().font(Type::small, true));
  for (QLabel* label : {facts_, verdict_}) label->setFont(theme().font(Type::small));
  notes_->setMinimumHeight(theme().px(72));
  open_->setIcon(theme().icon("chat"));
  show_verdict();
}

QString SessionDetail::facts() const {
  QStringList parts;
  if (row_.newest_run) {
    const RunRecord run = store_->run(*row_.newest_run);
    parts << QString::fromStdString(run.model_name) << QString::fromStdString(run.weight_summary)
          << SessionsModel::tr("%Ln token(s)", nullptr, int(run.answer_tokens)) << tr("seed %1").arg(run.sampler.seed);
    if (run.tokens_per_s > 0)
      parts << ComparisonModel::value(QStringLiteral("tokens_per_s"), QString::number(run.tokens_per_s));
    if (run.ttft_ms > 0) parts << tr("first token after %1").arg(views::duration(run.ttft_ms));
    parts << QString::fromStdString(run.instruction_set);
  }
  parts << tr("%Ln message(s)", nullptr, int(row_.messages));
  parts.removeAll(QString());
  return parts.join(QStringLiteral(" · "));
}

void SessionDetail::show_session(const SessionRow& row) {
  save_edits();
  const bool same = row.id == row_.id;
  row_ = row;
  if (!same || !notes_->hasFocus()) {
    const QSignalBlocker quiet(notes_);
    if (notes_->toPlainText().toStdString() != row.notes) notes_->setPlainText(QString::fromStdString(row.notes));
  }
  QStringList tags;
  for (const std::string& tag : row.tags) tags << QString::fromStdString(tag);
  if (!same || !tags_->hasFocus()) tags_->setText(tags.join(QStringLiteral(", ")));
  retranslate();
}

void SessionDetail::save_edits() {
  save_timer_.stop();
  if (!touched_ || row_.id == 0 || !store_) return;
  touched_ = false;
  std::vector<std::string> tags;
  for (const QString& tag : tags_->text().split(QLatin1Char(','), Qt::SkipEmptyParts))
    if (const QString clean = tag.simplified(); !clean.isEmpty()) tags.push_back(clean.toStdString());
  try {
    const std::string notes = notes_->toPlainText().toStdString();
    if (notes != row_.notes) store_->set_notes(row_.id, notes);
    if (tags != row_.tags) store_->set_tags(row_.id, tags);
    row_.notes = notes;
    row_.tags = tags;
    emit edited(row_.id);
  } catch (const Error& e) {
    emit failed(QString::fromStdString(e.message()), QString::fromStdString(e.hint()));
  }
}

void SessionDetail::release() {
  save_edits();
  row_ = {};
  store_ = nullptr;
}

void SessionDetail::set_replaying(bool on, const QString& what, qint64 done, qint64 total) {
  replaying_ = on;
  progress_->setVisible(on);
  progress_->setRange(0, total > 0 ? 1000 : 0);
  if (total > 0) progress_->setValue(int(1000 * done / total));
  const QString step =
      what == QLatin1String("Answer")
          ? tr("Answer: %1 of %2 tokens are the same so far").arg(views::count(done), views::count(total))
          : tr("Preparing");
  progress_->setAccessibleName(on ? step : QString());
  retranslate();
  if (on) verdict_->setText(step);
}

void SessionDetail::show_verdict() {
  const bool checked = row_.replay.has_value();
  verdict_icon_->setVisible(checked && !replaying_);
  if (checked) {
    const bool same = row_.replay->identical;
    verdict_icon_->setPixmap(theme().pixmap(same ? "check" : "warning", theme().px(14),
                                            same ? colors().ok : colors().warn, devicePixelRatioF()));
    verdict_->setProperty("role", same ? "ok" : "warn");
    verdict_->setText(verdict_text(*row_.replay, false));
  } else {
    verdict_->setProperty("role", "t2");
    verdict_->setText(row_.newest_run ? tr("Not yet run again.") : tr("No answer yet."));
  }
  verdict_->style()->unpolish(verdict_);  // the role chooses the colour
  verdict_->style()->polish(verdict_);
}

QWidget* SessionDetail::pin_line(const PinnedView& pin) {
  const QString title = QString::fromStdString(pin.title);
  auto* line = new QWidget(pins_);
  auto* show = new QPushButton(title, line);
  show->setObjectName("pinned_view");
  show->setProperty("kind", "small");
  show->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  show->setToolTip(title + QLatin1Char('\n') + tr("Shows this view as it was: answer, selection and panel"));
  connect(show, &QPushButton::clicked, this,
          [this, panel = QString::fromStdString(pin.panel), view = QByteArray::fromStdString(pin.view)] {
            emit view_asked(row_.id, panel, view);
          });
  auto* away = new QToolButton(line);
  away->setProperty("kind", "quiet");
  away->setIcon(theme().icon("close"));
  away->setToolTip(tr("Unpin this view"));
  away->setAccessibleName(tr("Unpin %1").arg(title));
  connect(
      away, &QToolButton::clicked, this, [this, id = pin.id] { unpin(id); }, Qt::QueuedConnection);
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  row->addWidget(show, 1);
  row->addWidget(away);
  return line;
}

void SessionDetail::unpin(PinId pin) {
  try {
    store_->unpin(pin);
  } catch (const Error& e) {
    emit failed(QString::fromStdString(e.message()), QString::fromStdString(e.hint()));
  }
  show_pins();
}

void SessionDetail::show_pins() {
  qDeleteAll(pins_->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
  const std::vector<PinnedView> pins = row_.id != 0 && store_ ? store_->pinned(row_.id) : std::vector<PinnedView>();
  for (const PinnedView& pin : pins) {
    QWidget* line = pin_line(pin);
    pins_->layout()->addWidget(line);
    line->show();
  }
  pins_label_->setVisible(!pins.empty());
  pins_->setVisible(!pins.empty());
}

void SessionDetail::retranslate() {
  title_->set_text(row_.title.empty() ? SessionsModel::tr("Untitled session") : QString::fromStdString(row_.title));
  facts_->setText(row_.id != 0 && store_ ? facts() : QString());
  open_->setText(tr("Open in chat"));
  open_->setToolTip(tr("Continues this session in the chat (Enter)"));
  replay_->setText(replaying_ ? tr("Stop") : tr("Run again"));
  replay_->setIcon(theme().icon(replaying_ ? "stop" : "play"));
  replay_->setToolTip(
      tr("Runs the newest answer again with its model, settings and seed, and compares it token by token. "
         "Another model than the open one is loaded for it."));
  replay_->setEnabled(replaying_ || (row_.newest_run && row_.answer_tokens > 0));
  notes_label_->setText(tr("Notes"));
  notes_->setAccessibleName(tr("Notes"));
  notes_->setPlaceholderText(tr("What is worth remembering about this session"));
  tags_label_->setText(tr("Tags"));
  tags_->setAccessibleName(tr("Tags, separated by commas"));
  tags_->setPlaceholderText(tr("Separated by commas"));
  pins_label_->setText(tr("Pinned views"));
  show_verdict();
  show_pins();
}

void SessionDetail::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QWidget::changeEvent(event);
}

}  // namespace vitrine
