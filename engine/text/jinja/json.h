// SPDX-License-Identifier: Apache-2.0
// JSON into values and back, with the text that Python's json module writes.
#pragma once

#include <string>
#include <string_view>

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

/// Parses one JSON document. Throws vitrine::Error (format) that names `what` and the byte.
Value from_json(std::string_view text, const std::string& what);

struct JsonStyle {
  bool ascii = false;  ///< ensure_ascii
  bool sort_keys = false;
  bool pretty = false;  ///< an indent was given, even 0
  std::string indent = {};
  std::string item_separator = ", ";
  std::string key_separator = ": ";
};
/// json.dumps(value). TypeError for what JSON cannot hold.
std::string to_json(const Value& value, const JsonStyle& style);

}  // namespace vitrine::jinja
