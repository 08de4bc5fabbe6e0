// SPDX-License-Identifier: Apache-2.0
// Python's pprint.pformat(): repr broken into lines of at most 80 columns, dicts sorted by key.
#pragma once

#include <string>

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

std::string pretty_repr(const Value& value);

}  // namespace vitrine::jinja
