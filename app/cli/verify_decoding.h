// SPDX-License-Identifier: Apache-2.0
// The two halves of verify-decoding: sampler stages (verify_decoding.cpp), and searches with a model.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/cli/command.h"

namespace vitrine::cli {

struct DecodingTally {
  int passed = 0, failed = 0;
  /// Prints one row; an empty failure passed.
  void row(const std::string& name, const std::string& facts, const std::string& failure);
};

/// `records`: the list "warpers" of decoding.json.
void verify_warpers(const std::filesystem::path& folder, const nlohmann::json& records, DecodingTally& tally);

/// `recorded`: decoding.json; the checkpoints it names lie beside `folder`. Throws Error when one cannot be loaded.
void verify_searches(const std::filesystem::path& folder, const nlohmann::json& recorded, DecodingTally& tally);

}  // namespace vitrine::cli
