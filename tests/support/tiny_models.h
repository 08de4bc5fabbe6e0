// SPDX-License-Identifier: Apache-2.0
// The tiny random checkpoints of tests/data/llm, which laws go through.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/model/model.h"

namespace vitrine::test {

inline std::filesystem::path tiny_folder(const std::string& name) { return std::filesystem::path(VITRINE_TEST_DATA) / "llm" / name; }

inline std::vector<std::string> tiny_models() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(tiny_folder("")))
    if (std::filesystem::exists(entry.path() / "model.safetensors")) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// Those whose spec is wanted; no weight is read.
template <class Wanted>
std::vector<std::string> tiny_models(Wanted wanted) {
  std::vector<std::string> names = tiny_models();
  std::erase_if(names, [&](const std::string& name) { return !wanted(header_spec(*open_weights(tiny_folder(name))).value()); });
  return names;
}

inline std::shared_ptr<const Model> open_tiny(const std::string& name, int threads = 1) {
  return load_model(*open_weights(tiny_folder(name)), make_backend({.threads = threads}));
}

}  // namespace vitrine::test
