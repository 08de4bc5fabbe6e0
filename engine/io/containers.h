// SPDX-License-Identifier: Apache-2.0
// The list of checkpoint containers; a new one is one file and one line in registry.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "engine/io/weight_source.h"

namespace vitrine {

struct Container {
  std::string_view id;
  bool (*matches)(const std::filesystem::path&);  // looks at names and first bytes only
  std::unique_ptr<WeightSource> (*open)(const std::filesystem::path&);
};

/// In the order they are tried.
std::span<const Container> containers() noexcept;

}  // namespace vitrine
