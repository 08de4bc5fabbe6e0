// SPDX-License-Identifier: Apache-2.0
// Runs a recorded answer again and says "identical" or names the first token that differs and what may explain it.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/api.h"
#include "engine/run/engine.h"
#include "sessions/session_store.h"

namespace vitrine {

/// What replay needs of an engine.
struct EngineDoor {
  std::function<JobId(Command)> submit = {};
  std::function<void(JobId)> cancel = {};
  std::unique_ptr<EventStream> events = {};  // lossless; sees everything submitted from now on
};
VT_API EngineDoor door_of(Engine& engine);

/// Why an answer may differ; the strings of ReplayVerdict::causes.
namespace replay_cause {
inline constexpr const char* kFile = "file";                       // another model file than the recorded one
inline constexpr const char* kInstructionSet = "instruction_set";  // the recorded one does not run here
inline constexpr const char* kDevice = "device";
inline constexpr const char* kBuild = "build";      // another build of the program
inline constexpr const char* kUnknown = "unknown";  // nothing known differs: worth a report
}  // namespace replay_cause

struct ReplayProgress {
  std::string what = {};  // "Reading weights", "Prompt", "Answer"
  int64_t done = 0, total = 0;
};

struct ReplayOptions {
  /// The model that the engine has loaded; when it is the recorded one (path, instruction set, cache format), it is not
  /// loaded again.
  std::shared_ptr<const ModelFacts> loaded = {};
  /// Called from the replaying thread.
  std::function<void(const ReplayProgress&)> on_progress = {};
};

/// Blocks until the answer is compared, at its first difference at the latest; call it from a thread of its own.
/// Nothing is written to the store: record_replay() keeps the verdict. Uses lanes of its own.
/// Throws Error: input (the run has no answer to compare or was not recorded to be repeated), cancelled (stop was asked
/// for), and what the engine reports (model file gone, not enough memory).
VT_API ReplayVerdict replay(EngineDoor door, const SessionStore& store, RunId run, const ReplayOptions& options = {},
                            std::stop_token stop = {});

}  // namespace vitrine
