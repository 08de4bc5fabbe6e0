// SPDX-License-Identifier: Apache-2.0
// Runs a saved answer again in an engine of its own and prints the verdict.
#pragma once

#include "sessions/session_store.h"

namespace vitrine::cli {

/// Returns the exit code: kOk when identical, kCheckFailed when a token differs.
int replay_run(const SessionStore& store, RunId run, bool json);

}  // namespace vitrine::cli
