// SPDX-License-Identifier: Apache-2.0
// Published models that ./check fetches (assets/models.json); a test that needs one says so when it is not there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace vitrine::test {

inline const std::string kSmolLm2 = "SmolLM2-135M-Instruct.Q4_1.gguf", kMiniLm = "all-MiniLM-L6-v2";

/// Where `name` lies, or would.
inline std::filesystem::path real_model(const std::string& name) {
  const char *data = std::getenv("XDG_DATA_HOME"), *home = std::getenv("HOME");
  const std::filesystem::path base = data && *data ? std::filesystem::path(data) : std::filesystem::path(home ? home : "") / ".local/share";
  return base / "vitrine/models" / name;
}

}  // namespace vitrine::test
