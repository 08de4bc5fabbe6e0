// SPDX-License-Identifier: Apache-2.0
// Walks over a syntax tree in jinja2's order of fields.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "engine/text/jinja/ast.h"

namespace vitrine::jinja {

/// Calls `visit` for each direct child expression.
void for_each_child(const Expr& expr, const std::function<void(const Expr&)>& visit);
/// Calls `visit` for each direct child expression and `enter` for each direct child statement.
void for_each_child(const Stmt& stmt, const std::function<void(const Expr&)>& visit,
                    const std::function<void(const Stmt&)>& enter);

/// Those of `names` that the body reads before it defines them (jinja2's find_undeclared); blocks are not entered.
std::set<std::string> undeclared(const Body& body, std::set<std::string> names);
/// Position of an assignment to `name` anywhere in the statement; nullptr when there is none.
const Name* find_store(const Stmt& stmt, const std::string& name);
bool has_scoped_block(const Stmt& stmt);
/// A copy of an assignment target (names and tuples of names).
ExprPtr copy_target(const Expr& target);

}  // namespace vitrine::jinja
