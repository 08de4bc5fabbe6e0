// SPDX-License-Identifier: Apache-2.0
// Literals inside tags: numbers, and strings with Python's escape sequences.
#pragma once

#include <string>
#include <string_view>

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

struct NumberLiteral {
  Value value = {};
  size_t end = 0;
  const char* problem = nullptr;
};
/// Reads the number that begins at `at`; after a dot only integers are read ("x.0.1").
NumberLiteral read_number(std::string_view source, size_t at, bool after_dot);

/// Resolves \n, \x41, \u20ac, \N{...} is an error. Returns npos, or the offset of a bad sequence.
size_t unescape_literal(std::string_view body, std::string& out);

/// Python's int(text, base) and float(text): surrounding space, sign, underscores. nullopt when invalid;
/// OverflowError when an integer does not fit 64 bits.
std::optional<int64_t> parse_int(std::string_view text, int base = 10);
std::optional<double> parse_real(std::string_view text);

}  // namespace vitrine::jinja
