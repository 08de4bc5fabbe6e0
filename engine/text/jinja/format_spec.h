// SPDX-License-Identifier: Apache-2.0
// Python's format specification: [[fill]align][sign][#][0][width][grouping][.precision][type].
#pragma once

#include <string>
#include <string_view>

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

/// format(value, spec)
std::string format_value(const Value& value, std::string_view spec);
/// A number in e, f, g (either case) with `precision` digits; `alternate` keeps the point and trailing zeros.
std::string format_real(double value, char type, int precision, bool alternate);
/// Pads to `width` code points; align is '<', '>', '^' or '=' (after the sign).
std::string pad(std::string text, int64_t width, char32_t fill, char align);
std::string integer_digits(int64_t value, char type, bool prefix);  ///< b, o, d, x, X; with sign

}  // namespace vitrine::jinja
