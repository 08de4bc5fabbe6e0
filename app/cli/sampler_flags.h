// SPDX-License-Identifier: Apache-2.0
// The sampler flags that generate shares with other subcommands.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "engine/decode/sampler_spec.h"

namespace vitrine::cli {

struct SamplerFlags {
  bool greedy = false;
  std::optional<double> temperature, top_k, top_p, min_p, typical_p, repetition_penalty, frequency_penalty, presence_penalty, no_repeat_ngram;
  std::string json;          // a whole SamplerSpec; the flags above are then refused
  uint64_t seed = 0;

  void add_to(CLI::App& command);
  /// Stages in the usual order: penalties, top-k, typical, top-p, min-p, temperature. Without any flag: the default sampler.
  SamplerSpec spec() const;
};

}  // namespace vitrine::cli
