// SPDX-License-Identifier: Apache-2.0
// Waits for an engine's events on the calling thread: what subcommands need that go through the same door as the window.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "engine/run/engine.h"

namespace vitrine::cli {

class Listener {
 public:
  explicit Listener(Engine& engine);

  /// Hands every event of the job to `visit` until it ended. Throws its error.
  void wait(JobId job, const std::function<void(const EventBody&)>& visit);

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  bool woken_ = false;
  std::unique_ptr<EventStream> stream_;
};

/// Submits the command and returns the one event of type T that answers it. Throws the job's error.
template <class T>
T ask(Engine& engine, Listener& listener, Command command) {
  T answer;
  listener.wait(engine.submit(std::move(command)), [&](const EventBody& body) {
    if (const auto* event = std::get_if<T>(&body)) answer = *event;
  });
  return answer;
}

}  // namespace vitrine::cli
