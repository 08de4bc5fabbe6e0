// SPDX-License-Identifier: Apache-2.0
// A job appears after 300 ms, not before: what is faster needs no progress bar.
#include "app/status_line.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QToolButton>

#include "app/desk.h"
#include "views/elided_label.h"
#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {
namespace {
constexpr int kPatienceMs = 300, kMessageMs = 8000;
}

StatusLine::StatusLine(Desk& desk, QWidget* parent) : QFrame(parent), desk_(desk) {
  setProperty("surface", "chrome");
  setProperty("rule", "top");
  auto* row = new QHBoxLayout(this);
  dot_ = new QLabel(this);
  row->addWidget(dot_);
  state_ = cell(row);
  rate_ = cell(row);
  ttft_ = cell(row);
  weights_ = cell(row);
  kv_ = cell(row);
  message_ = new views::ElidedLabel(this);
  message_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  row->addWidget(message_, 1);
  job_ = new QToolButton(this);
  job_->setProperty("kind", "quiet");
  jobs_menu_ = new QMenu(job_);
  job_->setMenu(jobs_menu_);
  job_->setPopupMode(QToolButton::InstantPopup);
  connect(jobs_menu_, &QMenu::aboutToShow, this, &StatusLine::fill_jobs_menu);
  progress_ = new QProgressBar(this);
  progress_->setTextVisible(false);
  progress_->setFocusPolicy(Qt::NoFocus);
  job_left_ = new QLabel(this);
  cancel_ = new QToolButton(this);
  cancel_->setProperty("kind", "quiet");
  for (QWidget* w : {static_cast<QWidget*>(job_), static_cast<QWidget*>(progress_), static_cast<QWidget*>(job_left_),
                     static_cast<QWidget*>(cancel_)})
    row->addWidget(w);
  hint_ = new QLabel(this);
  row->addWidget(hint_);
  message_timer_.setSingleShot(true);
  connect(&message_timer_, &QTimer::timeout, this, [this] { message_->set_text({}); });
  jobs_timer_.setInterval(200);
  connect(&jobs_timer_, &QTimer::timeout, this, &StatusLine::update_jobs);
  connect(cancel_, &QToolButton::clicked, this, [this] {
    if (!desk_.jobs().empty()) desk_.cancel_line(desk_.jobs().begin()->first);
  });
  connect(&desk_, &Desk::numbers_changed, this, &StatusLine::update_numbers);
  connect(&desk_, &Desk::loading_changed, this, &StatusLine::update_numbers);
  connect(&desk_, &Desk::jobs_changed, this, &StatusLine::update_jobs);
  connect(&desk_, &Desk::message, this, &StatusLine::show_message);
  connect(&views::theme(), &views::Theme::changed, this, &StatusLine::restyle);
  restyle();
}

QLabel* StatusLine::cell(QHBoxLayout* row) {
  auto* label = new QLabel(this);
  row->addWidget(label);
  auto* rule = new QFrame(this);
  rule->setFrameShape(QFrame::NoFrame);
  rules_ << rule;
  row->addWidget(rule);
  return label;
}

void StatusLine::show_message(const QString& text) {
  message_->set_text(text);
  message_timer_.start(kMessageMs);
}

void StatusLine::restyle() {
  const views::Theme& t = views::theme();
  setFixedHeight(t.px(28));
  auto* row = static_cast<QHBoxLayout*>(layout());
  row->setContentsMargins(t.px(12), 0, t.px(16), 0);
  row->setSpacing(t.px(10));
  for (QLabel* label : {state_, ttft_, weights_, kv_, job_left_, hint_, static_cast<QLabel*>(message_)})
    label->setFont(t.font(views::Type::small));
  for (QLabel* label : {ttft_, weights_, kv_, job_left_, hint_, static_cast<QLabel*>(message_)})
    label->setProperty("role", "t2");
  rate_->setFont(t.font(views::Type::small, true));
  for (QFrame* rule : rules_) {
    rule->setFixedSize(1, t.px(14));
    rule->setStyleSheet(QStringLiteral("background: %1").arg(views::colors().line.name()));
  }
  progress_->setFixedWidth(t.px(88));
  job_->setFont(t.font(views::Type::small));
  cancel_->setIcon(t.icon("close"));
  cancel_->setIconSize({t.px(14), t.px(14)});
  cancel_->setFixedSize(t.px(22), t.px(22));
  cancel_->setStyleSheet(QStringLiteral("padding: 0; min-height: 0"));
  setAccessibleName(tr("Status"));
  cancel_->setAccessibleName(tr("Cancel the job"));
  cancel_->setToolTip(tr("Cancel the job"));
  update_numbers();
  update_jobs();
}

void StatusLine::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) restyle();
  QFrame::changeEvent(event);
}

void StatusLine::update_numbers() {
  const RunNumbers& n = desk_.numbers();
  const bool loaded = desk_.model() != nullptr;
  const bool busy = desk_.loading() || desk_.generating();
  state_->setText(desk_.loading()      ? tr("Loading")
                  : desk_.generating() ? tr("Generating")
                  : loaded             ? tr("Ready")
                                       : tr("No model"));
  const QColor color = loaded || busy ? views::colors().ok : views::colors().t3;
  const int side = views::theme().px(8);
  dot_->setFixedSize(side, side);
  const QString style = QStringLiteral("background: %1; border-radius: %2px").arg(color.name()).arg(side / 2);
  if (dot_->styleSheet() != style) dot_->setStyleSheet(style);
  const auto put = [this](QLabel* label, bool on, const QString& text, const QString& tip = {}) {
    label->setText(text);
    label->setToolTip(tip);
    label->setVisible(on);
    rules_[QList<QLabel*>{state_, rate_, ttft_, weights_, kv_}.indexOf(label)]->setVisible(on);
  };
  put(rate_, n.tokens_per_s > 0, views::rate(n.tokens_per_s, tr("tok/s")),
      n.mean_tokens_per_s > 0 ? tr("Mean of the last answer: %1 tok/s").arg(views::significant(n.mean_tokens_per_s))
                              : tr("Over the last second"));
  if (n.ttft_ms > 0)
    put(ttft_, true, tr("TTFT %1").arg(views::duration(n.ttft_ms)), tr("Time to the first token"));
  else
    put(ttft_, n.load_s > 0, tr("Loaded in %1").arg(views::duration(n.load_s * 1000)));
  put(weights_, n.weight_bytes > 0, tr("Weights %1").arg(views::memory(n.weight_bytes)), tr("Memory of the weights"));
  QString kv_tip = tr("Keys and values of the lanes, and what a full context would take");
  if (n.capture_bytes > 0) kv_tip += '\n' + tr("Kept for looking back: %1").arg(views::memory(n.capture_bytes));
  put(kv_, n.kv_bytes_full > 0, tr("KV %1 of %2").arg(views::memory(n.kv_bytes), views::memory(n.kv_bytes_full)),
      kv_tip);
  put(state_, true, state_->text());
  hint_->setText(tr("Drop a model file or folder anywhere to open it"));
  hint_->setVisible(!busy && n.tokens_per_s <= 0);
  fit();
  setAccessibleDescription(text());
}

QSize StatusLine::minimumSizeHint() const { return {views::theme().px(440), views::theme().px(28)}; }

/// What is said elsewhere too gives way first. No rule stands behind the last word.
void StatusLine::fit() {
  make_room();
  QFrame* last = nullptr;
  for (QLabel* label : {state_, rate_, ttft_, weights_, kv_})
    if (label->isVisibleTo(this)) last = rules_[QList<QLabel*>{state_, rate_, ttft_, weights_, kv_}.indexOf(label)];
  if (last) last->hide();
}

void StatusLine::make_room() {
  const auto rule = [this](QLabel* label) { return rules_[QList<QLabel*>{state_, rate_, ttft_, weights_, kv_}.indexOf(label)]; };
  for (QLabel* label : {hint_, weights_, ttft_, kv_}) {
    layout()->invalidate();
    if (layout()->minimumSize().width() <= width()) return;
    label->hide();
    if (label != hint_) rule(label)->hide();
  }
}

void StatusLine::resizeEvent(QResizeEvent* event) {
  QFrame::resizeEvent(event);
  update_numbers();
}

void StatusLine::update_jobs() {
  const auto& jobs = desk_.jobs();
  const bool waiting = !jobs.empty();
  if (waiting && !jobs_timer_.isActive()) jobs_timer_.start();
  if (!waiting) jobs_timer_.stop();
  const JobLine* job = nullptr;
  for (const auto& [line, entry] : jobs)
    if (entry.since.elapsed() >= kPatienceMs) {
      job = &entry;
      break;
    }
  for (QWidget* w : {static_cast<QWidget*>(job_), static_cast<QWidget*>(progress_), static_cast<QWidget*>(job_left_),
                     static_cast<QWidget*>(cancel_)})
    w->setVisible(job != nullptr);
  if (!job) return update_numbers();
  job_->setAccessibleName(tr("Jobs"));
  job_->setToolTip(tr("All jobs; choosing one cancels it"));
  job_->setText(jobs.size() > 1 ? tr("%1 (+%2 more)").arg(job->title).arg(jobs.size() - 1) : job->title);
  progress_->setRange(0, job->total > 0 ? 1000 : 0);
  progress_->setAccessibleName(job->title);
  QString left;
  if (job->total > 0) {
    const double share = double(job->done) / double(job->total);
    progress_->setValue(int(share * 1000));
    if (share > 0.02) left = tr("%1 left").arg(views::duration(double(job->since.elapsed()) * (1 - share) / share));
  }
  job_left_->setText(left);
  fit();
}

void StatusLine::fill_jobs_menu() {
  jobs_menu_->clear();
  for (const auto& [line, job] : desk_.jobs()) {
    const QString done =
        job.total > 0 ? QStringLiteral("  ") + views::percent(double(job.done) / double(job.total)) : QString();
    jobs_menu_->addAction(views::theme().icon("close"), tr("Cancel: %1").arg(job.title) + done, this,
                          [this, line = line] { desk_.cancel_line(line); });
  }
}

QString StatusLine::text() const {
  QStringList parts;
  for (const QLabel* label : {state_, rate_, ttft_, weights_, kv_})
    if (label->isVisibleTo(this) && !label->text().isEmpty()) parts << label->text();
  if (job_->isVisibleTo(this)) parts << job_->text();
  if (!message_->full_text().isEmpty()) parts << message_->full_text();
  return parts.join(", ");
}

}  // namespace vitrine
