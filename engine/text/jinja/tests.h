// SPDX-License-Identifier: Apache-2.0
// The built-in tests of jinja2 3.1: what may follow `is`.
#pragma once

#include <string_view>

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

using Test = bool (*)(Interpreter&, const Value& subject, Arguments&);
Test find_test(std::string_view name);  ///< nullptr when there is none

}  // namespace vitrine::jinja
