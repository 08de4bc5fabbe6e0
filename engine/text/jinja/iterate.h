// SPDX-License-Identifier: Apache-2.0
// Iteration over any value.
#pragma once

#include "engine/text/jinja/objects.h"

namespace vitrine::jinja {

/// iter(value); nullptr for what cannot be iterated.
std::shared_ptr<Iterator> iterate_or_null(const Value& value);
/// iter(value); TypeError "'int' object is not iterable".
std::shared_ptr<Iterator> iterate(const Value& value);
/// list(value).
Values to_values(const Value& value);
/// reversed(value); nullptr where Python raises TypeError.
std::shared_ptr<Iterator> reversed_or_null(const Value& value);
/// A generator of the values that `next` gives until it returns false; `held` is what it works on.
using GeneratorStep = std::function<bool(Values& held, Value& out)>;
Value make_generator(Values held, GeneratorStep next);
Value as_value(std::shared_ptr<Iterator> iterator);

}  // namespace vitrine::jinja
