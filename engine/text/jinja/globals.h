// SPDX-License-Identifier: Apache-2.0
// The functions every template can call: range, dict, namespace, cycler, joiner, raise_exception, strftime_now.
#pragma once

#include <string>

#include "engine/text/jinja/objects.h"

namespace vitrine::jinja {

/// missing when there is no such function.
Value find_global(const std::string& name);
/// Names that start with an underscore are refused (transformers' TemplateNamespace).
void set_namespace_attribute(NameSpace& ns, const std::string& name, Value value);

}  // namespace vitrine::jinja
