// SPDX-License-Identifier: Apache-2.0
// printf-style formatting: text % values.
#pragma once

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

/// `format % arguments`, where arguments is a tuple, a dict or one value.
Value percent_format(const Value& format, const Value& arguments);

}  // namespace vitrine::jinja
