// SPDX-License-Identifier: Apache-2.0
// Methods of str that take a text apart.
#pragma once

#include <string>
#include <string_view>

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

Value string_split(Interpreter&, const Value& self, Arguments& arguments);
Value string_rsplit(Interpreter&, const Value& self, Arguments& arguments);
Value string_splitlines(Interpreter&, const Value& self, Arguments& arguments);
Value string_partition(Interpreter&, const Value& self, Arguments& arguments);
Value string_rpartition(Interpreter&, const Value& self, Arguments& arguments);
/// Removes the given characters from the ends.
std::string strip_characters(std::string_view text, std::string_view characters, bool left, bool right);

}  // namespace vitrine::jinja
