// SPDX-License-Identifier: Apache-2.0
// Hidden, it asks and draws nothing. While an answer grows it asks at most five times a second for the new rows, for thumbnails only
// as often as they cost a thirtieth of the time, and draws at most eight pictures a second of what is
// answered meanwhile. A selection is drawn at once; one that moves on is followed eight times a second.
#include "plugins/attention/attention_panel.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QGraphicsOpacityEffect>
#include <QLabel>
#include <algorithm>
#include <utility>

#include "engine/text/tokenizer.h"
#include "plugins/api/script.h"
#include "plugins/attention/heads_view.h"
#include "plugins/attention/matrix_view.h"
#include "views/distribution_bars.h"
#include "views/heatmap_view.h"
#include "views/numbers.h"
#include "views/panel_frame.h"
#include "views/segmented.h"
#include "views/table_twin.h"
#include "views/theme.h"

namespace vitrine {
namespace {

constexpr int kAskEveryMs = 200, kSelectionMs = 30, kDrawEveryMs = 120;
constexpr qint64 kHeadsShare = 30;  // a thirtieth of the engine's time for thumbnails of an answer that grows

}  // namespace

std::unique_ptr<Panel> make_attention_panel(PanelContext& context) { return std::make_unique<AttentionPanel>(context); }

AttentionPanel::AttentionPanel(PanelContext& context)
    : context_(context), model_(context.selection, context.transcript) {
  ask_timer_.setSingleShot(true);
  connect(&ask_timer_, &QTimer::timeout, this, &AttentionPanel::ask);
  draw_timer_.setSingleShot(true);
  connect(&draw_timer_, &QTimer::timeout, this, &AttentionPanel::draw);
  build();
  make_actions();
  connect_pictures();
  connect_data();
  retranslate();
  arrange();
  show_state();
}

AttentionPanel::~AttentionPanel() = default;
QWidget* AttentionPanel::widget() { return frame_; }

void AttentionPanel::connect_data() {
  connect(&context_.selection, &Selection::changed, this, &AttentionPanel::selection_moved);
  connect(&context_.transcript, &Transcript::lane_began, this, [this](LaneId lane, qint64 kept) {
    model_.lane_began(lane, kept);
    if (lane == context_.selection.lane()) selection_moved();
  });
  const auto grown = [this](LaneId lane) {
    if (lane != context_.selection.lane() || !visible_) return;
    show_state();
    ask_later(false);
  };
  connect(&context_.transcript, &Transcript::tokens_appended, this, grown);
  connect(&context_.transcript, &Transcript::lane_ended, this, grown);
  connect(&context_.transcript, &Transcript::lane_dropped, this, [this] { selection_moved(); });
  connect(&views::theme(), &views::Theme::changed, this, [this] {
    arrange();
    if (visible_) show_all();
  });
}

void AttentionPanel::connect_pictures() {
  const auto choose = [this](qint64 row) {
    if (model_.of() != Inspect::Attention::encoder || model_.only_reads()) return context_.selection.set_position(row);
    model_.set_source_row(row);
    selection_moved();
  };
  connect(matrix_, &MatrixView::row_chosen, this, choose);
  connect(matrix_, &MatrixView::moved_by, this, [this, choose](qint64 rows) {
    choose(std::clamp<int64_t>(model_.row() + rows, model_.first_row(), std::max<int64_t>(model_.rows() - 1, 0)));
  });
  connect(matrix_, &MatrixView::region_changed, this, [this] {
    show_legend();
    ask_later(true);
  });
  connect(matrix_, &MatrixView::key_cursor_moved, this, &AttentionPanel::show_keys);
  connect(heads_, &HeadsView::head_chosen, &context_.selection, &Selection::set_layer_head);
  connect(keys_, &views::DistributionBars::row_clicked, this, [this](int row) {
    if (row < int(key_positions_.size())) matrix_->set_key_cursor(key_positions_[size_t(row)]);
  });
  connect(keys_, &views::DistributionBars::row_activated, this, [this, choose](int row) {
    if (row < int(key_positions_.size()) && model_.square()) choose(key_positions_[size_t(row)]);
  });
}

void AttentionPanel::selection_moved() {
  model_.retry();
  if (!visible_ || model_.reading()) return;
  row_moved_ = true;
  draw_soon(since_followed_);
  ask_later(true);
}

void AttentionPanel::draw_soon(const QElapsedTimer& last) {
  const TranscriptLane* lane = model_.lane();
  const qint64 wait = lane && lane->running && last.isValid() ? kDrawEveryMs - last.elapsed() : 0;
  if (wait <= 0)
    draw();
  else if (!draw_timer_.isActive() || draw_timer_.remainingTime() > wait)
    draw_timer_.start(int(wait));
}

void AttentionPanel::draw() {
  if (!visible_) return;
  draw_timer_.stop();
  since_drawn_.start();
  arrange();
  show_all();
  if (!std::exchange(row_moved_, false)) return;
  since_followed_.start();
  matrix_->show_row();
}

void AttentionPanel::change(const AttentionSettings& settings) {
  model_.set_settings(settings);
  view_->set_current(int(settings.view));
  scale_->set_current(settings.logarithmic ? 1 : 0);
  sink_->setChecked(settings.sink);
  follow_->setChecked(settings.follow);
  layers_->setCurrentIndex(settings.all_layers ? 1 : 0);
  of_->set_current(int(settings.of));
  unfold_->setChecked(settings.unfolded);
  mean_pixels_->setChecked(settings.mean_pixels);
  sink_action_->setChecked(settings.sink);
  follow_action_->setChecked(settings.follow);
  all_layers_->setChecked(settings.all_layers);
  if (!visible_) return;
  arrange();
  show_all();
  ask_later(true);
}

void AttentionPanel::on_model_changed(const ModelLoaded* model) {
  open_model_ = model != nullptr;
  model_.set_model(model ? model->facts.get() : nullptr);
  explain();
  show_layers();
  arrange();
  show_state();
  if (visible_) show_all();
}

void AttentionPanel::on_visible(bool visible) {
  visible_ = visible;
  if (!visible) {
    ask_timer_.stop();
    return;
  }
  arrange();
  show_all();
  ask_later(true);
}

void AttentionPanel::on_events(std::span<const Event> events) {
  bool changed = false, open = false;
  for (const Event& event : events) {
    if (const auto* answer = std::get_if<TapOut>(&event.body)) {
      changed = model_.take(event.job, *answer) || changed;
    } else if (const auto* end = std::get_if<JobEnded>(&event.body)) {
      if (const auto head = head_jobs_.find(event.job); head != head_jobs_.end()) {
        if (end->outcome == JobEnded::Outcome::done)
          heads_pause_ms_ = std::clamp<qint64>(head->second.elapsed() * kHeadsShare, 1000, 20000);
        since_heads_.start();
        head_jobs_.erase(head);
      }
      open = model_.ended(event.job, end->outcome) || open;
    } else if (std::holds_alternative<PromptDone>(event.body)) {
      open = true;
    }
  }
  if (!visible_) return;
  if (changed) draw_soon(since_drawn_);
  if (open) {
    if (!changed) show_state();
    ask_later(false);
  }
}

void AttentionPanel::ask_later(bool now) {
  if (!visible_) return;
  const qint64 every = now ? kSelectionMs : kAskEveryMs;
  const qint64 waited = since_asked_.isValid() ? since_asked_.elapsed() : every;
  const int wait = int(std::clamp<qint64>(every - waited, 0, every));
  if (ask_timer_.isActive() && ask_timer_.remainingTime() <= wait) return;
  ask_timer_.start(wait);
}

void AttentionPanel::ask() {
  if (!visible_) return;
  since_asked_.start();
  const TranscriptLane* lane = model_.lane();
  // While the answer grows, thumbnails of the same layers may wait; the rows of the head looked at may not.
  const HeadPictures& have = model_.thumbnails();
  const bool other =
      have.lane != context_.selection.lane() || have.of != model_.of() || std::pair(have.layer_from, have.layer_to) != model_.layers_shown();
  const bool rested = !since_heads_.isValid() || since_heads_.elapsed() >= heads_pause_ms_;
  const bool growing = lane && lane->running;
  const bool with_heads = (!growing || other || rested) && head_jobs_.empty();
  for (const AttentionQuestion& question : model_.questions(matrix_->region(), heads_->thumb_pixels(), with_heads)) {
    const QString title = question.recomputes ? tr("Recomputing the attention of a saved answer") : QString();
    const JobId job = context_.workspace.submit(question.ask, title, question.tag);
    model_.asked(job, question);
    if (question.kind == AttentionQuestion::Kind::heads) head_jobs_[job].start();
  }
  if (growing && !with_heads) ask_later(false);
  if (!draw_timer_.isActive()) show_state();
}

void AttentionPanel::show_all() {
  show_state();
  show_layers();
  heads_->refresh();
  matrix_->refresh();
  show_head();
  show_keys();
  show_legend();
  show_table();
}

void AttentionPanel::set_dimmed(bool dimmed) {
  if (dimmed == (left_text_->graphicsEffect() != nullptr)) return;
  QGraphicsOpacityEffect* effect = nullptr;
  if (dimmed) {
    effect = new QGraphicsOpacityEffect(left_text_);
    effect->setOpacity(0.45);
  }
  left_text_->setGraphicsEffect(effect);
}

QJsonObject AttentionPanel::save() const {
  QJsonObject state = model_.save();
  state["zoom"] = matrix_->save();
  return state;
}

QString AttentionPanel::script() const {
  const auto open = context_.workspace.model();
  const TranscriptLane* lane = context_.transcript.lane(context_.selection.lane());
  if (!open || !lane || lane->tokens.empty()) return {};
  const int layer = model_.layer();
  if (model_.has_encoder() && model_.of() != Inspect::Attention::encoder) return {};  // trace writes a greedy answer, this one may be another
  if (model_.has_encoder())
    return cli_script(QStringLiteral("trace ") + shell_word(QString::fromStdString(open->facts->path.string())),
                      {QStringLiteral("--prompt ") + shell_word(source_text(*lane)), QStringLiteral("--no-special"),
                       QStringLiteral("--watch encoder_attn_probs@%1").arg(layer), QStringLiteral("--out encoder_attention_layer_%1.safetensors").arg(layer)});
  QString text = lane_text(*lane, qint64(lane->tokens.size()));
  if (model_.only_reads() && open->tokenizer) {  // WordPiece keeps no spaces in its tokens
    std::vector<int32_t> ids;
    for (const TranscriptToken& token : lane->tokens) ids.push_back(token.id);
    text = QString::fromStdString(open->tokenizer->decode(ids, false));
  }
  return cli_script(QStringLiteral("trace ") + shell_word(QString::fromStdString(open->facts->path.string())),
                    {QStringLiteral("--prompt ") + shell_word(text),
                     QStringLiteral("--no-special"), QStringLiteral("--watch attn_probs@%1").arg(layer),
                     QStringLiteral("--out attention_layer_%1.safetensors").arg(layer)});
}

void AttentionPanel::restore(const QJsonObject& state) {
  model_.restore(state);
  matrix_->restore(state["zoom"].toObject());
  change(model_.settings());
}

bool AttentionPanel::eventFilter(QObject* object, QEvent* event) {
  if (object == frame_ && event->type() == QEvent::LanguageChange) retranslate();
  return QObject::eventFilter(object, event);
}

}  // namespace vitrine
