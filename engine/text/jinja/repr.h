// SPDX-License-Identifier: Apache-2.0
// Python's str() and repr() of values.
#pragma once

#include <string>

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

std::string to_string(const Value& value);        ///< str(value)
std::string repr(const Value& value);             ///< repr(value)
std::string repr_of_text(std::string_view text);  ///< with quotes
std::string ascii_repr(const Value& value);       ///< ascii(value): repr with escapes for all but ASCII
std::string repr_of_real(double value);           ///< shortest digits that read back: 1.0, 1e+16, inf
void append_repr(std::string& out, const Value& value);

}  // namespace vitrine::jinja
