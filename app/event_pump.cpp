// SPDX-License-Identifier: Apache-2.0
// The wakeup only posts; everything else happens on the UI thread.
#include "app/event_pump.h"

#include <algorithm>
#include <ctime>

namespace vitrine {
namespace {
constexpr int kFrameMs = 33, kLongestMs = 120;  // the session keeps what was delivered: at most 200 ms may be lost
constexpr double kShare = 0.06;  // of one processor, for showing what streams
constexpr size_t kBatch = 512;  // more wait for the next frame

/// Processor time that the calling thread has taken.
double thread_work_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) * 1000 + double(now.tv_nsec) / 1e6;
}
}  // namespace

EventPump::EventPump(Engine& engine, Sink sink, QObject* parent)
    : QObject(parent), engine_(engine), sink_(std::move(sink)) {
  timer_.setSingleShot(true);
  timer_.setTimerType(Qt::PreciseTimer);
  connect(&timer_, &QTimer::timeout, this, &EventPump::deliver);
  engine_.set_wakeup([this] { QMetaObject::invokeMethod(this, &EventPump::schedule, Qt::QueuedConnection); });
  QMetaObject::invokeMethod(this, &EventPump::deliver, Qt::QueuedConnection);  // what came before the wakeup was set
}

EventPump::~EventPump() { engine_.set_wakeup({}); }

int EventPump::wait_ms() const {
  if (!since_last_.isValid()) return 0;
  const double pause = streaming_ ? std::clamp((thread_work_ms() - work_before_ms_) / kShare, double(kFrameMs), double(kLongestMs)) : kFrameMs;
  return int(std::clamp(pause - double(since_last_.elapsed()), 0.0, pause));
}

void EventPump::schedule() {
  if (!timer_.isActive()) timer_.start(wait_ms());
}

void EventPump::deliver() {
  if (const int wait = wait_ms(); wait > 0) {  // the repaint after the last batch is known only now
    timer_.start(wait);
    return;
  }
  events_.clear();
  const size_t count = engine_.poll(events_, kBatch);
  if (count == 0) return;
  since_last_.start();
  work_before_ms_ = thread_work_ms();
  sink_(events_);
  ++batches_;
  longest_ms_ = std::max(longest_ms_, double(since_last_.nsecsElapsed()) / 1e6);
  if (count == kBatch) schedule();
}

}  // namespace vitrine
