// SPDX-License-Identifier: Apache-2.0
// Python's operators on values: equality, hashing, order, membership, arithmetic, slicing.
#pragma once

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

enum class Arithmetic : uint8_t { add, sub, mul, div, floor_div, mod, pow };
enum class Comparison : uint8_t { eq, ne, lt, le, gt, ge, in, not_in };

bool equal(const Value& a, const Value& b);
bool same_object(const Value& a, const Value& b);  ///< `is`
size_t hash_of(const Value& value);                ///< TypeError for what is unhashable
/// a < b; TypeError (naming `symbol`) when the two have no order.
bool less(const Value& a, const Value& b, const char* symbol = "<");
bool compare(Comparison op, const Value& a, const Value& b);
bool contains(const Value& container, const Value& item);
Value arithmetic(Arithmetic op, const Value& a, const Value& b);
Value negate(const Value& a);
Value positive(const Value& a);
/// value[start:stop:step]; absent parts are None.
Value slice(const Value& value, const Value& start, const Value& stop, const Value& step);
/// An index as Python's __index__ gives it; nullopt for what is no integer.
std::optional<int64_t> as_index(const Value& value);

}  // namespace vitrine::jinja
