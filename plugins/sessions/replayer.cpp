// SPDX-License-Identifier: Apache-2.0
// Replay in a thread; results come back as queued calls.
#include "plugins/sessions/replayer.h"

#include "engine/core/error.h"

namespace vitrine {

static constexpr qint64 kBetweenReportsMs = 40;

Replayer::Replayer(Engine& engine, SessionStore& store, QObject* parent)
    : QObject(parent), engine_(engine), store_(store) {}

Replayer::~Replayer() = default;

void Replayer::start(RunId run, std::shared_ptr<const ModelFacts> loaded) {
  if (run_ != 0) return;
  run_ = run;
  thread_ = std::jthread([this, run, loaded = std::move(loaded)](std::stop_token stop) { work(stop, run, loaded); });
}

void Replayer::stop() { thread_.request_stop(); }

template <class Report>
void Replayer::post(Report report) {
  QMetaObject::invokeMethod(this, std::move(report), Qt::QueuedConnection);
}

void Replayer::work(std::stop_token stop, RunId run, std::shared_ptr<const ModelFacts> loaded) {
  QElapsedTimer since;
  ReplayOptions options;
  options.loaded = std::move(loaded);
  options.on_progress = [&](const ReplayProgress& p) {
    if (since.isValid() && since.elapsed() < kBetweenReportsMs) return;
    since.start();
    post([this, run, p] { emit progressed(run, QString::fromStdString(p.what), p.done, p.total); });
  };
  try {
    const ReplayVerdict verdict = replay(door_of(engine_), store_, run, options, stop);
    store_.record_replay(run, verdict);
    post([this, run] { run_ = 0, emit finished(run); });
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::cancelled) return post([this, run] { run_ = 0, emit stopped(run); });
    post([this, run, what = QString::fromStdString(e.message()), hint = QString::fromStdString(e.hint())] {
      run_ = 0;
      emit failed(run, what, hint);
    });
  }
}

}  // namespace vitrine
