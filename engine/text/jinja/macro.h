// SPDX-License-Identifier: Apache-2.0
// A macro, or the body of a call block that the called macro can render as caller().
#pragma once

#include "engine/text/jinja/activation.h"

namespace vitrine::jinja {

struct Macro : Object {
  std::string name;  ///< empty for the body of a call block
  const MacroDefinition* definition = nullptr;
  ActivationPtr closure;
};

}  // namespace vitrine::jinja
