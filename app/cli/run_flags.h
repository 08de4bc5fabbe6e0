// SPDX-License-Identifier: Apache-2.0
// --precision, --isa and --threads of the subcommands that run a model.
#pragma once

#include <CLI/CLI.hpp>

#include "engine/backend/backend.h"

namespace vitrine::cli {

struct RunFlags {
  std::string precision, isa;
  int threads = 0;

  explicit RunFlags(std::string by_default) : precision(std::move(by_default)) {}
  Precision precision_asked() const { return precision == "exact" ? Precision::exact : Precision::fast; }
};

inline void add_isa_flag(CLI::App& command, std::string& isa) { command.add_option("--isa", isa, "Highest instruction set: scalar, avx2, avx512, avx512_bf16, amx"); }

inline void add_precision_flag(CLI::App& command, std::string& precision, const std::string& remark = "") {
  command.add_option("--precision", precision, (precision == "exact" ? "exact or fast" : "fast or exact") + remark)->check(CLI::IsMember({"fast", "exact"}));
}

inline void add_run_flags(CLI::App& command, RunFlags& flags, const std::string& remark = "") {
  add_precision_flag(command, flags.precision, remark);
  add_isa_flag(command, flags.isa);
  command.add_option("-t,--threads", flags.threads, "Threads; 0: one per core");
}

}  // namespace vitrine::cli
