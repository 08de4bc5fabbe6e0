// SPDX-License-Identifier: Apache-2.0
#include "engine/run/event_bus.h"

#include <algorithm>

namespace vitrine {

static bool droppable(const EventBody& body) {
  if (const auto* tap = std::get_if<TapOut>(&body)) return tap->watch >= 0;  // the answer to a question is never dropped
  return std::holds_alternative<Progress>(body);
}

void EventQueue::drop_oldest() {
  const auto oldest = std::find_if(events_.begin(), events_.end(), [](const Event& e) { return droppable(e.body); });
  if (oldest == events_.end()) return;
  events_.erase(oldest);
  --droppable_;
  ++dropped_;
}

void EventQueue::push(const Event& event) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (droppable(event.body)) {
      ++droppable_;
      if (policy_ == Engine::Policy::drop_old && droppable_ > kMostDroppable) drop_oldest();
    }
    events_.push_back(event);
    wake = !woken_;
    woken_ = true;
  }
  if (!wake) return;
  const std::lock_guard lock(wakeup_mutex_);
  if (wakeup_) wakeup_();
}

size_t EventQueue::poll(std::vector<Event>& out, size_t max_events) {
  const std::lock_guard lock(mutex_);
  size_t taken = 0;
  if (dropped_ > 0 && max_events > 0) {
    out.push_back({0, Dropped{"taps and progress", dropped_}});
    dropped_ = 0;
    ++taken;
  }
  for (; taken < max_events && !events_.empty(); ++taken) {
    if (droppable(events_.front().body)) --droppable_;
    out.push_back(std::move(events_.front()));
    events_.pop_front();
  }
  if (events_.empty()) woken_ = false;
  return taken;
}

void EventQueue::set_wakeup(std::function<void()> wakeup) {
  const std::lock_guard calls(wakeup_mutex_);
  wakeup_ = std::move(wakeup);
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    wake = woken_ = !events_.empty();
  }
  if (wake && wakeup_) wakeup_();
}

std::shared_ptr<EventQueue> EventBus::open(Engine::Policy policy) {
  auto queue = std::make_shared<EventQueue>(policy);
  const std::lock_guard lock(mutex_);
  queues_.push_back(queue);
  return queue;
}

void EventBus::publish(JobId job, EventBody body) {
  const Event event{job, std::move(body)};
  const std::lock_guard lock(mutex_);
  std::erase_if(queues_, [&](const std::weak_ptr<EventQueue>& weak) {
    const auto queue = weak.lock();
    if (queue) queue->push(event);
    return queue == nullptr;
  });
}

}  // namespace vitrine
