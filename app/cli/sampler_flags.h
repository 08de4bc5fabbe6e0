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
  /// True when a flag says how a token is drawn: --greedy, --temperature, ..., or a whole chain.
  bool draws() const;
  /// The flags over what a checkpoint asks for: penalties take the place of those of the same name; where the flags say how to draw,
  /// the checkpoint's own way goes. A whole chain stands alone.
  SamplerSpec over(const SamplerSpec& defaults) const;
  /// Stages in the usual order: penalties, top-k, typical, top-p, min-p, temperature. Without any flag: the default sampler.
  SamplerSpec spec() const;

 private:
  std::vector<StageSpec> stages() const;
};

}  // namespace vitrine::cli
