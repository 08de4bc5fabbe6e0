// SPDX-License-Identifier: Apache-2.0
// vitrine-cli: the engine without a window. Finds the subcommand, runs it, turns an Error into one line and exit 2.
#include <cstdio>
#include <exception>

#include "app/cli/command.h"
#include "engine/core/error.h"

int main(int argc, char** argv) {
  using namespace vitrine;
  CLI::App app{"vitrine-cli: look inside language models from scripts"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "vitrine-cli " VITRINE_VERSION);
  cli::Runner runner;
#define VT_COMMAND(name) cli::register_##name(app, runner);
#include "app/cli/commands.def"
#undef VT_COMMAND
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? cli::kOk : cli::kBadInput;
  }
  try {
    return runner.run();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "vitrine-cli: %s\n", e.what());
    return cli::kBadInput;
  }
}
