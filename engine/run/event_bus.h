// SPDX-License-Identifier: Apache-2.0
// Every reader of events has its own queue. A lossless one keeps everything; others lose the oldest taps and progress when they are slow.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "engine/run/engine.h"

namespace vitrine {

class EventQueue final : public EventStream {
 public:
  explicit EventQueue(Engine::Policy policy) : policy_(policy) {}
  size_t poll(std::vector<Event>& out, size_t max_events) override;
  void set_wakeup(std::function<void()> wakeup) override;
  void push(const Event& event);

 private:
  static constexpr size_t kMostDroppable = 4096;  // taps and progress reports a slow reader may have waiting
  void drop_oldest();

  Engine::Policy policy_;
  std::mutex mutex_;
  std::deque<Event> events_;
  size_t droppable_ = 0;
  int64_t dropped_ = 0;
  bool woken_ = false;
  std::mutex wakeup_mutex_;  // held during a call: whoever takes the wakeup away may destroy what it uses; taken before mutex_
  std::function<void()> wakeup_;
};

/// Delivers to all queues that are still alive.
class EventBus {
 public:
  std::shared_ptr<EventQueue> open(Engine::Policy policy);
  void publish(JobId job, EventBody body);

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<EventQueue>> queues_;
};

}  // namespace vitrine
