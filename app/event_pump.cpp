// SPDX-License-Identifier: Apache-2.0
// The wakeup only posts; everything else happens on the UI thread.
#include "app/event_pump.h"

#include <algorithm>

namespace vitrine {
namespace {
constexpr int kFrameMs = 33;
constexpr size_t kBatch = 512;  // more wait for the next frame
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

void EventPump::schedule() {
  if (timer_.isActive()) return;
  const qint64 waited = since_last_.isValid() ? since_last_.elapsed() : kFrameMs;
  timer_.start(int(std::clamp<qint64>(kFrameMs - waited, 0, kFrameMs)));
}

void EventPump::deliver() {
  events_.clear();
  const size_t count = engine_.poll(events_, kBatch);
  if (count == 0) return;
  since_last_.start();
  sink_(events_);
  ++batches_;
  longest_ms_ = std::max(longest_ms_, double(since_last_.nsecsElapsed()) / 1e6);
  if (count == kBatch) schedule();
}

}  // namespace vitrine
