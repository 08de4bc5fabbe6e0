// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/walk.h"

namespace vitrine::jinja {

using ExprVisit = std::function<void(const Expr&)>;
using StmtVisit = std::function<void(const Stmt&)>;

static void visit_if_there(const ExprPtr& expr, const ExprVisit& visit) {
  if (expr != nullptr) visit(*expr);
}
static void visit_all(const Exprs& exprs, const ExprVisit& visit) {
  for (const ExprPtr& e : exprs) visit_if_there(e, visit);
}
static void visit_all(const Body& body, const StmtVisit& enter) {
  for (const StmtPtr& s : body) enter(*s);
}
static void visit_arguments(const ArgumentList& list, const ExprVisit& visit) {
  visit_all(list.positional, visit);
  for (const auto& [name, e] : list.named) visit(*e);
  visit_if_there(list.star, visit);
  visit_if_there(list.double_star, visit);
}

void for_each_child(const Expr& expr, const ExprVisit& visit) {
  switch (expr.type) {
    case Expr::Type::constant:
    case Expr::Type::name:
    case Expr::Type::namespace_ref:
      return;
    case Expr::Type::tuple:
    case Expr::Type::list:
    case Expr::Type::concat:
      return visit_all(static_cast<const Items&>(expr).items, visit);
    case Expr::Type::dict:
      for (const auto& [key, value] : static_cast<const DictLiteral&>(expr).entries) {
        visit(*key);
        visit(*value);
      }
      return;
    case Expr::Type::negate:
    case Expr::Type::positive:
    case Expr::Type::logical_not:
      return visit(*static_cast<const Unary&>(expr).operand);
    case Expr::Type::logical_and:
    case Expr::Type::logical_or:
    case Expr::Type::arithmetic:
      visit(*static_cast<const Binary&>(expr).left);
      return visit(*static_cast<const Binary&>(expr).right);
    case Expr::Type::compare: {
      const auto& node = static_cast<const Compare&>(expr);
      visit(*node.first);
      for (const auto& [op, e] : node.rest) visit(*e);
      return;
    }
    case Expr::Type::conditional: {
      const auto& node = static_cast<const Conditional&>(expr);
      visit(*node.test);
      visit(*node.then);
      return visit_if_there(node.otherwise, visit);
    }
    case Expr::Type::attribute:
      return visit(*static_cast<const Attribute&>(expr).of);
    case Expr::Type::item:
      visit(*static_cast<const Item&>(expr).of);
      return visit(*static_cast<const Item&>(expr).index);
    case Expr::Type::slice: {
      const auto& node = static_cast<const Slice&>(expr);
      visit(*node.of);
      visit_if_there(node.start, visit);
      visit_if_there(node.stop, visit);
      return visit_if_there(node.step, visit);
    }
    case Expr::Type::call:
      visit(*static_cast<const Call&>(expr).callee);
      return visit_arguments(static_cast<const Call&>(expr).arguments, visit);
    case Expr::Type::filter:
    case Expr::Type::test:
      visit_if_there(static_cast<const Applied&>(expr).subject, visit);
      return visit_arguments(static_cast<const Applied&>(expr).arguments, visit);
  }
}

static void macro_children(const MacroDefinition& macro, const ExprVisit& visit, const StmtVisit& enter) {
  for (const auto& parameter : macro.parameters) visit(*parameter);
  visit_all(macro.defaults, visit);
  visit_all(macro.body, enter);
}

void for_each_child(const Stmt& stmt, const ExprVisit& visit, const StmtVisit& enter) {
  switch (stmt.type) {
    case Stmt::Type::output:
      return visit_all(static_cast<const Output&>(stmt).parts, visit);
    case Stmt::Type::for_loop: {
      const auto& node = static_cast<const For&>(stmt);
      visit(*node.target);
      visit(*node.iterable);
      visit_all(node.body, enter);
      visit_all(node.otherwise, enter);
      return visit_if_there(node.test, visit);
    }
    case Stmt::Type::condition: {
      const auto& node = static_cast<const If&>(stmt);
      for (const If::Branch& branch : node.branches) {
        visit(*branch.test);
        visit_all(branch.body, enter);
      }
      return visit_all(node.otherwise, enter);
    }
    case Stmt::Type::macro:
    case Stmt::Type::generation:
      return macro_children(static_cast<const MacroDefinition&>(stmt), visit, enter);
    case Stmt::Type::call_block:
      visit(*static_cast<const CallBlock&>(stmt).call);
      return macro_children(static_cast<const MacroDefinition&>(stmt), visit, enter);
    case Stmt::Type::filter_block:
      visit_all(static_cast<const FilterBlock&>(stmt).body, enter);
      return visit(*static_cast<const FilterBlock&>(stmt).filter);
    case Stmt::Type::with: {
      const auto& node = static_cast<const With&>(stmt);
      for (const auto& variable : node.variables) visit(*variable.first);
      for (const auto& variable : node.variables) visit(*variable.second);
      return visit_all(node.body, enter);
    }
    case Stmt::Type::assign:
      visit(*static_cast<const Assign&>(stmt).target);
      return visit(*static_cast<const Assign&>(stmt).value);
    case Stmt::Type::assign_block: {
      const auto& node = static_cast<const AssignBlock&>(stmt);
      visit(*node.target);
      visit_if_there(node.filter, visit);
      return visit_all(node.body, enter);
    }
    case Stmt::Type::block:
      return visit_all(static_cast<const Block&>(stmt).body, enter);
    case Stmt::Type::template_ref:
      return visit(*static_cast<const TemplateRef&>(stmt).which);
    case Stmt::Type::autoescape:
      visit(*static_cast<const Scope&>(stmt).option);
      return visit_all(static_cast<const Scope&>(stmt).body, enter);
    case Stmt::Type::loop_break:
    case Stmt::Type::loop_continue:
      return;
  }
}

std::set<std::string> undeclared(const Body& body, std::set<std::string> names) {
  std::set<std::string> found;
  std::function<void(const Expr&)> visit = [&](const Expr& expr) {
    if (expr.type == Expr::Type::name) {
      const auto& name = static_cast<const Name&>(expr);
      if (name.use != Use::load)
        names.erase(name.name);
      else if (names.count(name.name) != 0)
        found.insert(name.name);
      return;
    }
    for_each_child(expr, visit);
  };
  std::function<void(const Stmt&)> enter = [&](const Stmt& stmt) {
    if (stmt.type != Stmt::Type::block) for_each_child(stmt, visit, enter);
  };
  for (const StmtPtr& stmt : body) enter(*stmt);
  return found;
}

const Name* find_store(const Stmt& root, const std::string& name) {
  const Name* found = nullptr;
  std::function<void(const Expr&)> visit = [&](const Expr& expr) {
    if (expr.type == Expr::Type::name) {
      const auto& node = static_cast<const Name&>(expr);
      if (found == nullptr && node.use == Use::store && node.name == name) found = &node;
      return;
    }
    for_each_child(expr, visit);
  };
  std::function<void(const Stmt&)> enter = [&](const Stmt& stmt) { for_each_child(stmt, visit, enter); };
  enter(root);
  return found;
}

bool has_scoped_block(const Stmt& root) {
  bool found = false;
  std::function<void(const Stmt&)> enter = [&](const Stmt& stmt) {
    if (stmt.type == Stmt::Type::block && static_cast<const Block&>(stmt).scoped) found = true;
    for_each_child(
        stmt, [](const Expr&) {}, enter);
  };
  enter(root);
  return found;
}

ExprPtr copy_target(const Expr& target) {
  if (target.type == Expr::Type::name) {
    const auto& name = static_cast<const Name&>(target);
    return std::make_unique<Name>(name.name, name.at, name.use);
  }
  Exprs items;
  for (const ExprPtr& item : static_cast<const Items&>(target).items) items.push_back(copy_target(*item));
  return std::make_unique<Items>(Expr::Type::tuple, std::move(items), target.at);
}

}  // namespace vitrine::jinja
