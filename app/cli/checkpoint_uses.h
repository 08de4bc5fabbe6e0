// SPDX-License-Identifier: Apache-2.0
// What a checkpoint can be asked, from its configuration and the names of its tensors alone.
#pragma once

#include <string>
#include <vector>

#include "engine/io/weight_source.h"
#include "engine/model/spec.h"

namespace vitrine::cli {

struct CheckpointUses {
  std::vector<std::string> commands;  // subcommands that work on it: "generate", "embed", "fill-mask"; empty: its architecture is not known here
  std::string embedding;              // "mean, normalized, at most 256 tokens (modules.json)"; empty: not an encoder, and no modules beside it
  std::string decoding;               // of an encoder-decoder: "4 beams, length penalty 0.6, at most 20 tokens, starts with token 0"
};

/// Never throws for odd content.
CheckpointUses checkpoint_uses(const WeightSource& source, const ModelSpec& model);

}  // namespace vitrine::cli
