// SPDX-License-Identifier: Apache-2.0
// Making expression nodes that know their height.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <utility>

#include "engine/text/jinja/parser.h"

namespace vitrine::jinja {

/// Builds a node whose height is above all its children's.
template <class Node, class... Parts>
ExprPtr build(std::initializer_list<const Expr*> children, Parts&&... parts) {
  int height = 0;
  for (const Expr* child : children) height = std::max(height, child == nullptr ? 0 : child->height);
  auto node = std::make_unique<Node>(std::forward<Parts>(parts)...);
  node->height = height + 1;
  if (node->height > kMaxExpressionHeight) throw SyntaxFault{"the expression is too long", node->at};
  return node;
}

}  // namespace vitrine::jinja
