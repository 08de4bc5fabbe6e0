// SPDX-License-Identifier: Apache-2.0
// Attributes and methods of values, and what `a.b` and `a[b]` mean in a sandboxed template.
#pragma once

#include <optional>
#include <string>

#include "engine/text/jinja/objects.h"

namespace vitrine::jinja {

using Method = Value (*)(Interpreter&, const Value& self, Arguments&);

Method find_string_method(const std::string& name);                // string_methods.cpp; nullptr when there is none
Method find_container_method(Kind kind, const std::string& name);  // container_methods.cpp

/// Python's getattr(): nullopt for AttributeError.
std::optional<Value> find_attribute(const Value& of, const std::string& name);
/// Whether a method changes its object: such methods cannot be reached (jinja2's ImmutableSandboxedEnvironment).
bool changes_object(Kind kind, const std::string& name);

/// of.name: attribute first, then item.
Value get_attribute(const Value& of, const std::string& name);
/// of[index]: item first, then attribute.
Value get_item(const Value& of, const Value& index);

/// text.format(...): {} {0} {name.attribute[index]!r:spec}.
Value brace_format(Interpreter& interpreter, const Value& text, Arguments& arguments);

}  // namespace vitrine::jinja
