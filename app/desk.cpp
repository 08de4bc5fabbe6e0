// SPDX-License-Identifier: Apache-2.0
// Requests out, events in. Jobs end here exactly once, so an error is shown exactly once.
#include "app/desk.h"

#include <QUndoCommand>
#include <algorithm>

#include "app/text.h"

namespace vitrine {
namespace {

/// Undo of a change of the sampler chain.
class SamplerChange final : public QUndoCommand {
 public:
  SamplerChange(std::function<void(const SamplerSpec&)> set, SamplerSpec before, SamplerSpec after,
                const QString& title)
      : QUndoCommand(title), set_(std::move(set)), before_(std::move(before)), after_(std::move(after)) {}
  void undo() override { set_(before_); }
  void redo() override { set_(after_); }

 private:
  std::function<void(const SamplerSpec&)> set_;
  SamplerSpec before_, after_;
};

DType kv_type_named(const QString& name) { return name == "f32" ? DType::f32 : DType::f16; }

}  // namespace

Desk::Desk(Engine& engine, Selection& selection, Transcript& transcript, std::unique_ptr<QSettings> settings)
    : engine_(engine),
      selection_(selection),
      transcript_(transcript),
      settings_(std::move(settings)),
      sampler_(default_sampler()) {
  const QString saved = settings_->value("sampler/chain").toString();
  if (!saved.isEmpty()) {
    try {
      sampler_ = sampler_from_json(saved.toStdString());
    } catch (const Error&) {  // of an older version: the default chain stands
      settings_->remove("sampler/chain");
    }
  }
}

void Desk::open_model(const std::filesystem::path& path) {
  LoadModel load;
  load.path = path;
  load.threads = settings_->value("engine/threads", 0).toInt();
  load.kv_dtype = kv_type_named(settings_->value("engine/kv_dtype", "f16").toString());
  load.capture_budget_bytes = settings_->value("engine/capture_mib", 2048).toLongLong() << 20;
  loading_path_ = path;
  load_timer_.start();
  load_job_ = submit(load, tr("Opening %1").arg(file_title(path)), "load");
  emit loading_changed();
}

JobId Desk::submit(Command command, const QString& title, std::string_view tag) {
  Generate* generate = std::get_if<Generate>(&command);
  std::optional<Generate> request;
  if (generate) {
    if (watch_source_)
      for (Watch& watch : watch_source_()) generate->watches.push_back(std::move(watch));
    request = *generate;
  }
  std::optional<Read> reading;
  if (const Read* read = std::get_if<Read>(&command)) reading = *read;
  const JobId job = engine_.submit(std::move(command), tag);
  if (reading) transcript_.begin(job, *reading);
  if (!title.isEmpty()) {
    JobLine line;
    line.title = title;
    line.engine_job = job;
    line.since.start();
    jobs_[next_line_++] = std::move(line);
    emit jobs_changed();
  }
  if (request) {
    generations_[job] = true;
    token_times_ms_.clear();
    transcript_.begin(job, *request);
    set_generating(true);
  }
  return job;
}

void Desk::cancel(JobId job) { engine_.cancel(job); }

void Desk::cancel_all() {
  for (const auto& [job, on] : generations_) engine_.cancel(job);
  for (const auto& [line, job] : jobs_) {
    if (job.engine_job) engine_.cancel(job.engine_job);
    if (job.cancel) job.cancel();
  }
}

Generate Desk::generate_defaults() const {
  Generate generate;
  generate.sampler = sampler_;
  generate.precision =
      settings_->value("engine/precision", "fast").toString() == "exact" ? Precision::exact : Precision::fast;
  generate.max_tokens = longest_answer_ > 0 ? longest_answer_ : settings_->value("engine/max_tokens", 512).toInt();
  return generate;
}

void Desk::set_sampler(const SamplerSpec& spec, const QString& title) {
  const auto set = [this](const SamplerSpec& to) {
    sampler_ = to;
    settings_->setValue("sampler/chain", QString::fromStdString(sampler_to_json(to)));
    emit sampler_changed();
  };
  if (title.isEmpty())
    set(spec);
  else
    undo_.push(new SamplerChange(set, sampler_, spec, title));
}

void Desk::show_error(const QString& what, const QString& hint, const QString& details) {
  emit error(what, hint, details);
}

int Desk::begin_job(const QString& title, std::function<void()> cancel) {
  JobLine line;
  line.title = title;
  line.cancel = std::move(cancel);
  line.since.start();
  jobs_[next_line_] = std::move(line);
  emit jobs_changed();
  return next_line_++;
}

void Desk::update_job(int job, qint64 done, qint64 total) {
  const auto found = jobs_.find(job);
  if (found == jobs_.end()) return;
  found->second.done = done;
  found->second.total = total;
  emit jobs_changed();
}

void Desk::end_job(int job) {
  if (jobs_.erase(job)) emit jobs_changed();
}

void Desk::cancel_line(int line) {
  const auto found = jobs_.find(line);
  if (found == jobs_.end()) return;
  if (found->second.engine_job) engine_.cancel(found->second.engine_job);
  if (found->second.cancel) found->second.cancel();
}

void Desk::set_setting(const QString& key, const QVariant& value) {
  if (settings_->value(key) == value) return;
  settings_->setValue(key, value);
  emit setting_changed(key);
}

int Desk::line_of(JobId job) const {
  for (const auto& [line, entry] : jobs_)
    if (entry.engine_job == job) return line;
  return 0;
}

void Desk::take(std::span<const Event> events) {
  bool numbers_dirty = false;  // said once a batch
  for (const Event& event : events) {
    const bool answer = generations_.count(event.job) > 0;
    if (const auto* token = std::get_if<TokenOut>(&event.body); token && answer) {
      count_token(*token);
      numbers_dirty = true;
    } else if (const auto* model = std::get_if<ModelLoaded>(&event.body)) {
      loaded(event.job, *model);
    } else if (const auto* progress = std::get_if<Progress>(&event.body)) {
      const auto found = jobs_.find(line_of(event.job));
      if (found == jobs_.end()) continue;
      found->second.done = progress->done;
      found->second.total = progress->total;
      found->second.unit = QString::fromStdString(progress->unit);
      emit jobs_changed();
    } else if (const auto* prompt = std::get_if<PromptDone>(&event.body); prompt && answer) {
      if (model_) numbers_.kv_bytes = kv_bytes(model_->facts->spec, model_->facts->kv_dtype, prompt->tokens);
      numbers_dirty = true;
    } else if (const auto* done = std::get_if<Answered>(&event.body); done && answer) {
      numbers_.ttft_ms = done->ttft_ms;
      numbers_.tokens_per_s = numbers_.mean_tokens_per_s = done->tokens_per_s;
      numbers_.kv_bytes = done->kv_bytes;
      numbers_.capture_bytes = done->capture_bytes;
      numbers_dirty = true;
    } else if (const auto* end = std::get_if<JobEnded>(&event.body)) {
      ended(event.job, *end);
    }
  }
  if (numbers_dirty) emit numbers_changed();
}

void Desk::count_token(const TokenOut& token) {
  if (token.prompt) return;
  if (token_times_ms_.empty()) numbers_.ttft_ms = token.elapsed_ms;
  token_times_ms_.push_back(token.elapsed_ms);
  while (token_times_ms_.size() > 2 && token.elapsed_ms - token_times_ms_.front() > 1000) token_times_ms_.pop_front();
  const double span = token_times_ms_.back() - token_times_ms_.front();
  if (span > 0) numbers_.tokens_per_s = double(token_times_ms_.size() - 1) / span * 1000;
  if (model_) numbers_.kv_bytes = kv_bytes(model_->facts->spec, model_->facts->kv_dtype, token.position + 1);
}

void Desk::loaded(JobId job, const ModelLoaded& model) {
  model_ = std::make_shared<ModelLoaded>(model);
  const ModelFacts& facts = *model.facts;
  numbers_ = {};
  numbers_.load_s = load_timer_.isValid() ? double(load_timer_.elapsed()) / 1000 : 0;
  numbers_.weight_bytes = facts.weight_bytes;
  numbers_.kv_bytes_full = facts.spec.stacks.empty() ? 0 : kv_bytes(facts.spec, facts.kv_dtype, facts.spec.context_length);
  transcript_.clear();
  transcript_.set_vocabulary(vocabulary_faces(model.tokenizer));
  int layers = 0, heads = 0;
  if (!facts.spec.stacks.empty()) {
    for (const StackSpec& stack : facts.spec.stacks) {  // an encoder's too
      layers = std::max(layers, int(stack.layers.size()));
      for (const LayerSpec& layer : stack.layers) heads = std::max(heads, layer.heads);
    }
  }
  selection_.set_positions(0);
  selection_.set_tensor({});
  selection_.set_extent(layers, heads);
  remember_model(facts.path);
  if (job == load_job_) load_job_ = 0;
  emit model_changed();
  emit loading_changed();
  emit numbers_changed();
}

void Desk::ended(JobId job, const JobEnded& end) {
  if (const int line = line_of(job)) {
    jobs_.erase(line);
    emit jobs_changed();
  }
  if (job == load_job_) {
    load_job_ = 0;
    emit loading_changed();
  }
  generations_.erase(job);
  if (end.outcome == JobEnded::Outcome::failed && end.error) show_error(*end.error);
  if (generations_.empty()) set_generating(false);
}

void Desk::set_generating(bool on) {
  if (on == generating_) return;
  generating_ = on;
  emit generating_changed(on);
  emit numbers_changed();
}

void Desk::remember_model(const std::filesystem::path& path) {
  QStringList recent = recent_models();
  const QString name = path_text(path);
  recent.removeAll(name);
  recent.prepend(name);
  settings_->setValue("models/recent", recent.mid(0, 10));
}

QStringList Desk::recent_models() const { return settings_->value("models/recent").toStringList(); }

}  // namespace vitrine
