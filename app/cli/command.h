// SPDX-License-Identifier: Apache-2.0
// A subcommand of vitrine-cli: one file app/cli/NAME.cpp with its register_NAME, one line in commands.def.
// Exit codes: 0 success, 1 a check failed, 2 bad usage or input (an Error, printed as one line on stderr).
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace vitrine::cli {

inline constexpr int kOk = 0, kCheckFailed = 1, kBadInput = 2;

/// Collects what the chosen subcommand will run; main() calls it after parsing.
struct Runner {
  std::function<int()> run;
};

#define VT_COMMAND(name) void register_##name(CLI::App& app, Runner& runner);
#include "app/cli/commands.def"
#undef VT_COMMAND

}  // namespace vitrine::cli
