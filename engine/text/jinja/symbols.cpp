// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/symbols.h"

#include <algorithm>

#include "engine/core/check.h"
#include "engine/text/jinja/walk.h"

namespace vitrine::jinja {

uint32_t FunctionScope::slot(const std::string& identifier) {
  return slots.emplace(identifier, static_cast<uint32_t>(slots.size())).first->second;
}

Ref ref_from(const FunctionScope& function, const Variable& variable) {
  VT_CHECK(variable.function != nullptr && variable.function->depth <= function.depth, "variable out of reach");
  return {.hops = static_cast<uint16_t>(function.depth - variable.function->depth), .slot = variable.slot};
}

Symbols::Entry& Symbols::entry_of(uint32_t slot) {
  spend(static_cast<int64_t>(loads_.size() / 16));
  for (Entry& entry : loads_)
    if (entry.slot == slot) return entry;
  loads_.emplace_back();
  loads_.back().slot = slot;
  return loads_.back();
}

Variable Symbols::define(const std::string& name, Entry entry) {
  entry.slot = function_->slot(std::to_string(level_) + "_" + name);
  const Variable variable{function_, entry.slot};
  refs_[name] = variable;
  entry_of(entry.slot) = std::move(entry);
  return variable;
}

std::optional<Variable> Symbols::find(const std::string& name) const {
  for (const Symbols* s = this; s != nullptr; s = s->parent_)
    if (const auto found = s->refs_.find(name); found != s->refs_.end()) return found->second;
  return std::nullopt;
}

void Symbols::load(const std::string& name) {
  if (!find(name)) define(name, {.from = Entry::From::context, .name = name});
}

void Symbols::store(const std::string& name) {
  stores_.insert(name);
  if (refs_.count(name) != 0) return;
  const std::optional<Variable> outer = parent_ == nullptr ? std::nullopt : parent_->find(name);
  if (outer)
    define(name, {.from = Entry::From::alias, .source = *outer});
  else
    define(name, {.from = Entry::From::nothing});
}

Variable Symbols::declare_parameter(const std::string& name) {
  stores_.insert(name);
  return define(name, {.from = Entry::From::parameter});
}

void Symbols::branch_update(const std::vector<Symbols>& branches) {
  std::set<std::string> stores;
  for (const Symbols& branch : branches)
    for (const std::string& name : branch.stores_)
      if (stores_.count(name) == 0) stores.insert(name);
  for (const Symbols& branch : branches) {
    for (const auto& [name, variable] : branch.refs_) refs_[name] = variable;
    for (const Entry& entry : branch.loads_) entry_of(entry.slot) = entry;
    stores_.insert(branch.stores_.begin(), branch.stores_.end());
  }
  for (const std::string& name : stores) {
    const Variable target = *find(name);
    if (target.function != function_) continue;
    Entry& entry = entry_of(target.slot);
    const std::optional<Variable> outer = parent_ == nullptr ? std::nullopt : parent_->find(name);
    entry.from = outer ? Entry::From::alias : Entry::From::context;
    entry.name = name;
    if (outer) entry.source = *outer;
  }
}

void Symbols::collect(const Expr& expr, bool store_as_parameter) {
  if (expr.type == Expr::Type::name) {
    const auto& name = static_cast<const Name&>(expr);
    if (store_as_parameter || name.use == Use::param)
      declare_parameter(name.name);
    else if (name.use == Use::store)
      store(name.name);
    else
      load(name.name);
    return;
  }
  if (expr.type == Expr::Type::namespace_ref) return load(static_cast<const NamespaceRef&>(expr).name);
  for_each_child(expr, [&](const Expr& child) { collect(child, store_as_parameter); });
}

void Symbols::collect(const Body& body) {
  for (const StmtPtr& stmt : body) collect(*stmt);
}

/// The chain from `branch` on: an elif is an if inside the else of the one before.
void Symbols::collect_if(const If& node, size_t branch) {
  collect(*node.branches[branch].test);
  spend(static_cast<int64_t>(refs_.size()));
  std::vector<Symbols> sides(3, *this);
  sides[0].collect(node.branches[branch].body);
  if (branch == 0)
    for (size_t i = 1; i < node.branches.size(); ++i) sides[1].collect_if(node, i);
  if (branch == 0) sides[2].collect(node.otherwise);
  branch_update(sides);
}

void Symbols::collect(const Stmt& stmt) {
  const auto visit = [&](const Expr& expr) { collect(expr); };
  switch (stmt.type) {
    case Stmt::Type::output:
      return for_each_child(stmt, visit, [](const Stmt&) {});
    case Stmt::Type::for_loop:
      return collect(*static_cast<const For&>(stmt).iterable);
    case Stmt::Type::condition:
      return collect_if(static_cast<const If&>(stmt), 0);
    case Stmt::Type::macro:
      return store(static_cast<const MacroDefinition&>(stmt).name);
    case Stmt::Type::call_block:
      return collect(*static_cast<const CallBlock&>(stmt).call);
    case Stmt::Type::filter_block:
      return collect(*static_cast<const FilterBlock&>(stmt).filter);
    case Stmt::Type::with:
      for (const auto& variable : static_cast<const With&>(stmt).variables) collect(*variable.second);
      return;
    case Stmt::Type::assign:
      collect(*static_cast<const Assign&>(stmt).value);
      return collect(*static_cast<const Assign&>(stmt).target);
    case Stmt::Type::assign_block: {
      const auto& node = static_cast<const AssignBlock&>(stmt);
      return collect(*node.target);
    }
    case Stmt::Type::template_ref:
      collect(*static_cast<const TemplateRef&>(stmt).which);
      for (const auto& target : static_cast<const TemplateRef&>(stmt).targets) store(target.first);
      return;
    default:
      return;  // blocks and scopes have their own frames
  }
}

Frame Symbols::frame(bool with_leave) const {
  Frame out;
  for (const Entry& entry : loads_) {
    if (with_leave) out.leave.push_back(entry.slot);
    Load load{.slot = entry.slot, .name = entry.name};
    switch (entry.from) {
      case Entry::From::parameter:
        continue;
      case Entry::From::context:
        load.from = Load::From::context;
        break;
      case Entry::From::alias:
        load.from = Load::From::variable;
        load.source = ref_from(*function_, entry.source);
        break;
      case Entry::From::nothing:
        load.from = Load::From::nothing;
        break;
    }
    out.enter.push_back(std::move(load));
  }
  return out;
}

std::set<std::string> Symbols::assigned() const {
  std::set<std::string> names;
  for (const Symbols* s = this; s != nullptr; s = s->parent_) names.insert(s->stores_.begin(), s->stores_.end());
  return names;
}

}  // namespace vitrine::jinja
