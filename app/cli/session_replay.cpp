// SPDX-License-Identifier: Apache-2.0
// session FILE replay: progress on stderr, the verdict on stdout.
#include "app/cli/session_replay.h"

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "engine/core/text.h"
#include "engine/run/engine.h"
#include "sessions/replay.h"

namespace vitrine::cli {

static std::string cause_text(const std::string& cause) {
  if (cause == replay_cause::kFile) return "the model file is another one";
  if (cause == replay_cause::kInstructionSet) return "another instruction set";
  if (cause == replay_cause::kDevice) return "another device";
  if (cause == replay_cause::kBuild) return "another build of the program";
  return "file, instruction set, device and build are the recorded ones";
}

static std::string side(int32_t id, const std::string& text) {
  return id < 0 ? std::string("the end") : cat("\"", text, "\" (", id, ")");
}

int replay_run(const SessionStore& store, RunId run, bool json) {
  Engine engine;
  ReplayOptions options;
  if (isatty(STDERR_FILENO))
    options.on_progress = [](const ReplayProgress& p) {
      std::fprintf(stderr, "\r%s %lld/%lld\033[K", p.what.c_str(), static_cast<long long>(p.done),
                   static_cast<long long>(p.total));
    };
  const ReplayVerdict verdict = replay(door_of(engine), store, run, options);
  if (isatty(STDERR_FILENO)) std::fprintf(stderr, "\r\033[K");
  if (json) {
    const nlohmann::ordered_json out{{"identical", verdict.identical}, {"compared", verdict.compared},
                                     {"position", verdict.position},   {"was_id", verdict.was_id},
                                     {"was_text", verdict.was_text},   {"now_id", verdict.now_id},
                                     {"now_text", verdict.now_text},   {"causes", verdict.causes}};
    std::printf("%s\n", out.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
  } else if (verdict.identical) {
    std::printf("identical: %lld tokens\n", static_cast<long long>(verdict.compared));
  } else {
    std::printf("differs at answer token %lld: was %s, now %s\n", static_cast<long long>(verdict.position),
                side(verdict.was_id, verdict.was_text).c_str(), side(verdict.now_id, verdict.now_text).c_str());
    for (const std::string& cause : verdict.causes) std::printf("  %s\n", cause_text(cause).c_str());
  }
  return verdict.identical ? kOk : kCheckFailed;
}

}  // namespace vitrine::cli
