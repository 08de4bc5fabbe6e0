// SPDX-License-Identifier: Apache-2.0
// Questions go out under one tag each, so that of those still queued only the newest is answered while a slider moves.
#include "plugins/sampler/sampler_panel.h"

#include <QAction>
#include <QEvent>
#include <QJsonObject>

#include "plugins/api/script.h"
#include "plugins/sampler/sampler_picture.h"
#include "plugins/sampler/stage_words.h"
#include "views/empty_state.h"
#include "views/panel_frame.h"
#include "views/table_twin.h"
#include "views/token_text.h"

namespace vitrine {

std::unique_ptr<Panel> make_sampler_panel(PanelContext& context) { return std::make_unique<SamplerPanel>(context); }

SamplerPanel::SamplerPanel(PanelContext& context) : context_(context) {
  model_.set_label([this](int32_t id) { return views::token_text(context_.transcript.face(id).bytes); });
  build();
  make_actions();
  retranslate();
  connect(&context.selection, &Selection::changed, this, &SamplerPanel::retarget);
  const auto mine = [this](LaneId lane) {
    if (lane == context_.selection.lane()) retarget();
  };
  connect(&context.transcript, &Transcript::lane_began, this, mine);
  connect(&context.transcript, &Transcript::lane_ended, this, mine);
  connect(&context.transcript, &Transcript::lane_dropped, this, mine);
  connect(&context.transcript, &Transcript::tokens_appended, this, mine);
  connect(&context.transcript, &Transcript::tokens_changed, this, mine);
  connect(&context.workspace, &Workspace::sampler_changed, this, [this] {
    if (!answer()) {
      model_.set_base(context_.workspace.sampler());
      refresh();
    }
  });
  model_.set_base(context.workspace.sampler());
  retarget();
}

SamplerPanel::~SamplerPanel() = default;
QWidget* SamplerPanel::widget() { return frame_; }

const TranscriptLane* SamplerPanel::answer() const {
  const TranscriptLane* lane = context_.transcript.lane(context_.selection.lane());
  return lane && lane->answer_tokens() > 0 ? lane : nullptr;
}

void SamplerPanel::retarget() {
  if (!visible_ || retargeting_) return;
  retargeting_ = true;
  const TranscriptLane* lane = answer();
  const LaneId id = lane ? lane->id : 0;
  const JobId job = lane ? lane->job : 0;
  if (id != lane_ || job != answer_job_) {
    lane_ = id;
    answer_job_ = job;
    model_.drop_results();
    model_.set_base(lane && !lane->request.sampler.stages.empty() ? lane->request.sampler
                                                                  : context_.workspace.sampler());
    asked_step_ = 0;
    resample_job_ = logits_job_ = 0;
    logits_position_ = -1;
    recomputed_ = false;
    trouble_.clear();
  }
  if (pending_ && lane) {
    model_.set_spec(*pending_);
    pending_.reset();
  }
  const qint64 position = context_.selection.position();
  std::optional<SamplerTarget> target;
  if (lane && position >= lane->prompt_tokens && position < qint64(lane->tokens.size()) &&
      lane->tokens[size_t(position)].known) {
    target = SamplerTarget{
        .lane = id, .position = position, .prompt_tokens = lane->prompt_tokens, .answer_tokens = lane->answer_tokens()};
    target->token = lane->tokens[size_t(position)];
    target->step = target->token.step;
    target->history.reserve(size_t(position));
    for (qint64 i = 0; i < position; ++i) target->history.push_back(lane->tokens[size_t(i)].id);
  }
  model_.set_target(std::move(target));
  if (!model_.has_logits()) logits_position_ = -1;
  refresh();
  ask();
  retargeting_ = false;
}

void SamplerPanel::ask() {
  const TranscriptLane* lane = answer();
  if (!visible_ || !lane || lane->running || !model_.target() || !context_.workspace.model()) return;
  const SamplerTarget& target = *model_.target();
  const SamplerSpec spec = model_.spec();
  if (!model_.up_to_date() && !(resample_job_ && asked_ == spec && asked_step_ == target.step)) {
    asked_ = spec;
    asked_step_ = target.step;
    Resample question{.lane = target.lane, .sampler = spec, .trace_step = int(target.step)};
    if (model_.judged_all()) {
      question.answer_from = target.position - target.prompt_tokens;
      question.answer_to = question.answer_from + 1;
    }
    resample_job_ = context_.workspace.submit(std::move(question), tr("Judging the answer again"), "sampler.resample");
  }
  if (logits_position_ != target.position) {
    logits_position_ = target.position;
    Inspect question{.what = Inspect::What::logits, .lane = target.lane};
    question.row_from = target.position - 1;
    question.row_to = target.position;
    logits_job_ = context_.workspace.submit(question, {}, "sampler.logits");
  }
}

void SamplerPanel::on_events(std::span<const Event> events) {
  bool news = false;
  for (const Event& event : events) {
    if (event.job == 0 || (event.job != resample_job_ && event.job != logits_job_)) continue;
    if (const auto* out = std::get_if<ResampleOut>(&event.body)) {
      model_.take(*out, asked_);
      trouble_.clear();
      news = true;
    } else if (const auto* tap = std::get_if<TapOut>(&event.body)) {
      recomputed_ |= tap->recomputed;
      if (tap->values) {
        model_.take_logits(tap->asked.row_from + 1, tap->values->f32());
        news = true;
      }
    } else if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
      if (ended->outcome == JobEnded::Outcome::failed && ended->error) failed(*ended->error);
      if (event.job == resample_job_) resample_job_ = 0;
      if (event.job == logits_job_) logits_job_ = 0;
    }
  }
  if (!news || !visible_) return;
  if (lane_) context_.transcript.set_marks(lane_, model_.marks());
  refresh();
}

void SamplerPanel::failed(const Error& error) {
  trouble_ = QString::fromStdString(error.message());
  refresh();
}

void SamplerPanel::edited() {
  if (lane_ && !model_.changed()) context_.transcript.set_marks(lane_, {});
  refresh();
  ask();
}

void SamplerPanel::on_model_changed(const ModelLoaded* model) {
  model_.set_vocabulary(model ? int32_t(model->facts->spec.vocab) : 0);
  model_.drop_results();
  retarget();
  refresh();
}

void SamplerPanel::on_visible(bool visible) {
  visible_ = visible;
  if (visible) retarget();
}

void SamplerPanel::use_for_next_answer() {
  context_.workspace.set_sampler(model_.spec(), tr("Sampler chain"));
  context_.workspace.notify(tr("The next answer uses this chain"));
  refresh();
}

void SamplerPanel::back_to_recorded() {
  model_.reset();
  edited();
}

QJsonObject SamplerPanel::save() const {
  if (pending_) return {{"chain", QString::fromStdString(sampler_to_json(*pending_))}};
  if (!model_.changed()) return {};
  return {{"chain", QString::fromStdString(sampler_to_json(model_.spec()))}};
}

void SamplerPanel::restore(const QJsonObject& state) {
  const QString chain = state["chain"].toString();
  pending_.reset();
  if (chain.isEmpty()) return;
  try {
    pending_ = sampler_from_json(chain.toStdString());
  } catch (const Error&) {
    return;  // of an older program: the recorded chain is shown
  }
  retarget();
}

QString SamplerPanel::script() const {
  const auto open = context_.workspace.model();
  const TranscriptLane* lane = answer();
  return open && lane ? generate_script(QString::fromStdString(open->facts->path.string()), *lane, model_.spec())
                      : QString();
}

QString SamplerPanel::summary() const { return model_.summary(); }

bool SamplerPanel::eventFilter(QObject* object, QEvent* event) {
  if (object == frame_ && event->type() == QEvent::LanguageChange) retranslate();
  if (object == frame_ && event->type() == QEvent::Resize) fit_controls();
  return QObject::eventFilter(object, event);
}

}  // namespace vitrine
