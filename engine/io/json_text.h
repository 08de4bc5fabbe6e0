// SPDX-License-Identifier: Apache-2.0
// JSON from files nobody vouches for: limits on size, nesting and number of values, errors that name file and line.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "engine/io/meta_value.h"

namespace vitrine {

struct JsonLimits {
  size_t bytes = size_t(64) << 20;
  int depth = 64;
  size_t values = size_t(8) << 20;
};

/// Bare Infinity and NaN, as Python writes them, become {"__float__": "Infinity"}. Throws Error(format) naming
/// `file_name` and the line.
nlohmann::json parse_json(std::string_view text, std::string_view file_name, const JsonLimits& limits = {});

/// Every scalar and list of an object as dotted paths: {"a": {"b": [1, 2]}} gives "a.b" = [1, 2]. Objects in lists
/// appear under their index ("a.0.b") and as null in the list itself. Of two equal paths the first stays.
void flatten_json(const nlohmann::json& object, MetaTable& table);

}  // namespace vitrine
