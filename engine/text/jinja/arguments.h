// SPDX-License-Identifier: Apache-2.0
// Matching the arguments of a call to the parameters of a built-in function.
#pragma once

#include <initializer_list>
#include <string>

#include "engine/text/jinja/objects.h"

namespace vitrine::jinja {

/// One value per parameter, missing where none was given; a parameter named "" is positional only.
/// TypeError as Python words it when something does not match.
Values bind(const char* function, const Arguments& arguments, std::initializer_list<const char*> parameters,
            size_t required = 0);
/// The value, or `otherwise` when it is missing.
inline const Value& either(const Value& value, const Value& otherwise) {
  return value.is_missing() ? otherwise : value;
}
int64_t int_or(const Value& value, int64_t otherwise);  ///< missing -> otherwise; TypeError for what is no int
bool bool_or(const Value& value, bool otherwise);       ///< truth of a given value
const std::string& want_text(const Value& value, const char* function);

}  // namespace vitrine::jinja
