// SPDX-License-Identifier: Apache-2.0
#include "app/cli/listener.h"

#include "engine/core/error.h"

namespace vitrine::cli {

Listener::Listener(Engine& engine) : stream_(engine.subscribe(Engine::Policy::lossless)) {
  stream_->set_wakeup([this] {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    ready_.notify_one();
  });
}

void Listener::wait(JobId job, const std::function<void(const EventBody&)>& visit) {
  while (true) {
    std::vector<Event> events;
    while (stream_->poll(events)) {
    }
    for (const Event& event : events) {
      if (event.job != job) continue;
      if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
        if (ended->error) throw *ended->error;
        return;
      }
      visit(event.body);
    }
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return woken_; });
    woken_ = false;
  }
}

}  // namespace vitrine::cli
