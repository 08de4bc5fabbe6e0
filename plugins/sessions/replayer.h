// SPDX-License-Identifier: Apache-2.0
// Runs saved answers again in a thread of its own and reports on the UI thread.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <memory>
#include <thread>

#include "engine/run/engine.h"
#include "sessions/replay.h"

namespace vitrine {

class Replayer : public QObject {
  Q_OBJECT
 public:
  Replayer(Engine& engine, SessionStore& store, QObject* parent = nullptr);
  /// Stops what runs and waits for it.
  ~Replayer() override;

  RunId running() const noexcept { return run_; }
  /// `loaded`: the facts of the open model, null without one. Does nothing while another replay runs.
  void start(RunId run, std::shared_ptr<const ModelFacts> loaded);
  void stop();

 signals:
  void progressed(qint64 run, const QString& what, qint64 done, qint64 total);
  /// The verdict is in the store.
  void finished(qint64 run);
  void failed(qint64 run, const QString& what, const QString& hint);
  void stopped(qint64 run);

 private:
  void work(std::stop_token stop, RunId run, std::shared_ptr<const ModelFacts> loaded);
  template <class Report>
  void post(Report report);

  Engine& engine_;
  SessionStore& store_;
  RunId run_ = 0;
  std::jthread thread_;
};

}  // namespace vitrine
