// SPDX-License-Identifier: Apache-2.0
// The workspace behind the window: requests to the engine, the open model, running jobs, undo, settings, messages.
#pragma once

#include <QElapsedTimer>
#include <QSettings>
#include <QUndoStack>
#include <deque>
#include <map>

#include "engine/run/engine.h"
#include "plugins/api/selection.h"
#include "plugins/api/transcript.h"
#include "plugins/api/workspace.h"

namespace vitrine {

/// A job as the status bar shows it.
struct JobLine {
  QString title;
  JobId engine_job = 0;  // 0: a panel's own
  qint64 done = 0, total = 0;
  QString unit;
  QElapsedTimer since;
  std::function<void()> cancel;
};

/// Numbers of the status bar; 0 = not known yet.
struct RunNumbers {
  double tokens_per_s = 0, mean_tokens_per_s = 0, ttft_ms = 0, load_s = 0;
  qint64 weight_bytes = 0, kv_bytes = 0, kv_bytes_full = 0, capture_bytes = 0;
};

class Desk final : public Workspace {
  Q_OBJECT
 public:
  Desk(Engine& engine, Selection& selection, Transcript& transcript, std::unique_ptr<QSettings> settings);

  std::shared_ptr<const ModelLoaded> model() const override { return model_; }
  void open_model(const std::filesystem::path& path) override;
  JobId submit(Command command, const QString& title = {}, std::string_view tag = {}) override;
  void cancel(JobId job) override;
  bool generating() const override { return generating_; }
  Generate generate_defaults() const override;
  const SamplerSpec& sampler() const override { return sampler_; }
  void set_sampler(const SamplerSpec& spec, const QString& title) override;
  void notify(const QString& text) override { emit message(text); }
  void show_error(const QString& what, const QString& hint, const QString& details) override;
  using Workspace::show_error;
  int begin_job(const QString& title, std::function<void()> cancel) override;
  void update_job(int job, qint64 done, qint64 total) override;
  void end_job(int job) override;
  QUndoStack& undo_stack() override { return undo_; }
  void add_action(QAction* action) override { emit action_added(action); }
  void show_panel(const QString& id) override { emit panel_requested(id); }
  QVariant setting(const QString& key, const QVariant& fallback) const override {
    return settings_->value(key, fallback);
  }
  void set_setting(const QString& key, const QVariant& value) override;

  /// Watches of the visible panels, added to every Generate.
  void set_watch_source(std::function<std::vector<Watch>()> source) { watch_source_ = std::move(source); }
  /// For this start only; 0: as the setting says.
  void set_longest_answer(int tokens) { longest_answer_ = tokens; }
  /// A batch from the pump, before the transcript and the panels see it.
  void take(std::span<const Event> events);
  /// Stops everything that runs for the user (Esc in the chat, closing).
  void cancel_all();

  bool loading() const noexcept { return load_job_ != 0; }
  const std::filesystem::path& loading_path() const noexcept { return loading_path_; }
  const RunNumbers& numbers() const noexcept { return numbers_; }
  const std::map<int, JobLine>& jobs() const noexcept { return jobs_; }
  void cancel_line(int line);
  QStringList recent_models() const;

 signals:
  void message(const QString& text);
  void error(const QString& what, const QString& hint, const QString& details);
  void action_added(QAction* action);
  void panel_requested(const QString& id);
  void jobs_changed();
  void numbers_changed();
  void loading_changed();

 private:
  void loaded(JobId job, const ModelLoaded& model);
  void ended(JobId job, const JobEnded& end);
  void count_token(const TokenOut& token);
  int line_of(JobId job) const;
  void set_generating(bool on);
  void remember_model(const std::filesystem::path& path);

  Engine& engine_;
  Selection& selection_;
  Transcript& transcript_;
  std::unique_ptr<QSettings> settings_;
  QUndoStack undo_;
  std::shared_ptr<const ModelLoaded> model_;
  SamplerSpec sampler_;
  std::function<std::vector<Watch>()> watch_source_;
  std::map<int, JobLine> jobs_;
  std::map<JobId, bool> generations_;
  int next_line_ = 1;
  JobId load_job_ = 0;
  std::filesystem::path loading_path_;
  QElapsedTimer load_timer_, number_timer_;
  RunNumbers numbers_;
  std::deque<double> token_times_ms_;  // of the last second
  bool generating_ = false;
  int longest_answer_ = 0;
};

}  // namespace vitrine
