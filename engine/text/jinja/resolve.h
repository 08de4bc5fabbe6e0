// SPDX-License-Identifier: Apache-2.0
// Gives every name of a tree its slot and checks what can be checked before running.
#pragma once

#include "engine/text/jinja/ast.h"

namespace vitrine::jinja {

/// Throws SyntaxFault: unknown filters and tests outside conditions, break outside a loop, assignment to `loop`,
/// blocks defined twice.
void resolve(Tree& tree);

}  // namespace vitrine::jinja
