// SPDX-License-Identifier: Apache-2.0
// The only door for a user interface: commands in, events out. submit, cancel and poll never block on the engine's work.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/core/api.h"
#include "engine/run/command.h"
#include "engine/run/event.h"

namespace vitrine {

/// A reader of events. Lossless streams keep everything; others drop the oldest live taps and say so.
class VT_API EventStream {
 public:
  virtual ~EventStream() = default;
  /// Appends up to max_events to out; returns how many. Any one thread.
  virtual size_t poll(std::vector<Event>& out, size_t max_events = 256) = 0;
  /// Called from an engine thread when events wait; at most once between two polls. Must only post a message. When this returns, and
  /// when the stream is gone, the wakeup before it is not running and is not called again.
  virtual void set_wakeup(std::function<void()> wakeup) = 0;
};

class VT_API Engine {
 public:
  enum class Policy : uint8_t { lossless, drop_old };

  Engine();
  /// Cancels what runs and joins.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Any thread, never blocks. Generations of different lanes run in turn, token by token; other jobs run in order between tokens.
  /// With a tag, a queued (not yet started) job of the same tag is replaced and ends as cancelled.
  JobId submit(Command command, std::string_view replaces_queued_with_tag = {});
  /// Any thread; takes effect within one layer.
  void cancel(JobId job) noexcept;
  /// The default reader (policy drop_old), for the window's thread.
  size_t poll(std::vector<Event>& out, size_t max_events = 256);
  void set_wakeup(std::function<void()> wakeup);
  /// A further reader; sees every event from now on.
  std::unique_ptr<EventStream> subscribe(Policy policy);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine
