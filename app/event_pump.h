// SPDX-License-Identifier: Apache-2.0
// Engine -> window: a wakeup from an engine thread becomes one queued call here; events are delivered in batches, at
// most 30 times a second, so that a fast model neither blocks input nor repaints more often than anyone can see. While an answer
// streams, the window's thread takes a seventeenth of one processor at most: showing tokens must not hold up those to come.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <functional>
#include <span>
#include <vector>

#include "engine/run/engine.h"

namespace vitrine {

class EventPump : public QObject {
  Q_OBJECT
 public:
  using Sink = std::function<void(std::span<const Event>)>;
  EventPump(Engine& engine, Sink sink, QObject* parent = nullptr);
  ~EventPump() override;

  /// While an answer streams: batches wait until the thread's work since the last one, repaints among it, is a seventeenth of the time.
  void set_streaming(bool on) { streaming_ = on; }

  /// Batches delivered so far, and the longest time one took on the UI thread.
  qint64 batches() const noexcept { return batches_; }
  double longest_batch_ms() const noexcept { return longest_ms_; }

 private:
  void schedule();
  void deliver();
  int wait_ms() const;

  Engine& engine_;
  Sink sink_;
  QTimer timer_;
  QElapsedTimer since_last_;
  double work_before_ms_ = 0;  // processor time of this thread at the last batch
  bool streaming_ = false;
  std::vector<Event> events_;
  qint64 batches_ = 0;
  double longest_ms_ = 0;
};

}  // namespace vitrine
