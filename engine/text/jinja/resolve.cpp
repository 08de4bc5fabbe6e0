// SPDX-License-Identifier: Apache-2.0
// The order in which frames are made follows jinja2's compiler.py; see symbols.h for the rule.
#include "engine/text/jinja/resolve.h"

#include <deque>

#include "engine/text/jinja/filters.h"
#include "engine/text/jinja/symbols.h"
#include "engine/text/jinja/tests.h"
#include "engine/text/jinja/token.h"
#include "engine/text/jinja/walk.h"

namespace vitrine::jinja {

namespace {

struct Place {
  Symbols* symbols = nullptr;
  bool top_level = false;
  bool soft = false;     ///< inside a condition: unknown filters fail only when they run
  bool in_loop = false;  ///< break and continue are allowed
  Place inner(Symbols& own) const { return {.symbols = &own, .in_loop = in_loop}; }
};

class Resolver {
 public:
  explicit Resolver(Tree& tree) : tree_(tree) {}
  void run();

 private:
  FunctionScope& new_function(FunctionScope* parent) {
    functions_.push_back({.parent = parent, .depth = parent == nullptr ? 0 : parent->depth + 1});
    return functions_.back();
  }
  static Ref ref(const Place& place, const std::string& name) {
    place.symbols->load(name);  // a name that jinja2's analysis forgot (filter of a set block)
    return ref_from(place.symbols->function(), *place.symbols->find(name));
  }
  void body(Body& stmts, const Place& place) {
    for (const StmtPtr& s : stmts) statement(*s, place);
  }
  void statement(Stmt& stmt, const Place& place);
  void expression(Expr& expr, const Place& place);
  void for_loop(For& node, const Place& place);
  void condition(If& node, const Place& place);
  void macro(MacroDefinition& node, const Place& place);
  void special_parameters(MacroDefinition& node, Symbols& symbols);
  void block(Block& node);
  void with(With& node, const Place& place);
  void assign_block(AssignBlock& node, const Place& place);
  void export_names(const Expr& target, const Place& place, std::vector<std::pair<std::string, Ref>>& out);

  Tree& tree_;
  std::deque<FunctionScope> functions_;
};

void Resolver::run() {
  FunctionScope& function = new_function(nullptr);
  Symbols symbols(nullptr, function);
  if (!undeclared(tree_.body, {"self"}).empty()) {
    tree_.uses_self = true;
    tree_.self_slot = symbols.declare_parameter("self").slot;
  }
  symbols.collect(tree_.body);
  body(tree_.body, {.symbols = &symbols, .top_level = true});
  tree_.frame = symbols.frame(false);
  tree_.slots = static_cast<uint32_t>(function.slots.size());
  for (size_t i = 0; i < tree_.blocks.size(); ++i) block(*tree_.blocks[i]);  // a block may hold further blocks
}

void Resolver::expression(Expr& expr, const Place& place) {
  switch (expr.type) {
    case Expr::Type::name:
      static_cast<Name&>(expr).ref = ref(place, static_cast<Name&>(expr).name);
      return;
    case Expr::Type::namespace_ref:
      static_cast<NamespaceRef&>(expr).ref = ref(place, static_cast<NamespaceRef&>(expr).name);
      return;
    case Expr::Type::filter:
    case Expr::Type::test: {
      const auto& node = static_cast<const Applied&>(expr);
      const bool filter = expr.type == Expr::Type::filter;
      if (!place.soft && (filter ? find_filter(node.name) == nullptr : find_test(node.name) == nullptr))
        throw SyntaxFault{std::string("No ") + (filter ? "filter" : "test") + " named '" + node.name + "'.", node.at};
      break;
    }
    default:
      break;
  }
  Place inside = place;
  if (expr.type == Expr::Type::conditional) inside.soft = true;
  for_each_child(expr, [&](const Expr& child) { expression(const_cast<Expr&>(child), inside); });
}

void Resolver::export_names(const Expr& target, const Place& place, std::vector<std::pair<std::string, Ref>>& out) {
  if (!place.top_level) return;
  if (target.type == Expr::Type::name) {
    const std::string& name = static_cast<const Name&>(target).name;
    out.emplace_back(name, ref(place, name));
  } else if (target.type == Expr::Type::tuple) {
    for (const ExprPtr& item : static_cast<const Items&>(target).items) export_names(*item, place, out);
  }
}

void Resolver::for_loop(For& node, const Place& place) {
  if (const Name* stored = find_store(node, "loop"))
    throw SyntaxFault{"Can't assign to special loop variable in for-loop target", stored->at};
  FunctionScope& outer = place.symbols->function();
  FunctionScope& function = node.recursive ? new_function(&outer) : outer;
  Symbols loop_symbols(place.symbols, function), else_symbols(place.symbols, function);
  node.extended = node.recursive || !undeclared(node.body, {"loop"}).empty() || has_scoped_block(node);
  if (node.extended) loop_symbols.declare_parameter("loop");
  loop_symbols.collect(*node.target, true);
  loop_symbols.collect(node.body);
  else_symbols.collect(node.otherwise);

  if (node.test != nullptr) {
    FunctionScope& test_function = new_function(&outer);
    Symbols test_symbols(place.symbols, test_function);
    node.test_target = copy_target(*node.target);
    test_symbols.collect(*node.test_target, true);
    test_symbols.collect(*node.test);
    Place test_place{.symbols = &test_symbols};
    expression(*node.test_target, test_place);
    expression(*node.test, test_place);
    node.test_frame = test_symbols.frame(false);
    node.test_slots = static_cast<uint32_t>(test_function.slots.size());
  }
  expression(*node.iterable, place);
  Place inside{.symbols = &loop_symbols, .in_loop = true};
  expression(*node.target, inside);
  if (node.extended) node.loop = ref(inside, "loop");
  body(node.body, inside);
  Place after{.symbols = &else_symbols, .in_loop = node.recursive ? false : place.in_loop};
  body(node.otherwise, after);
  node.frame = loop_symbols.frame(!(node.recursive && !node.has_else));
  node.else_frame = else_symbols.frame(true);
  node.slots = static_cast<uint32_t>(function.slots.size());
}

void Resolver::condition(If& node, const Place& place) {
  Place soft = place;
  soft.soft = true;
  for (If::Branch& branch : node.branches) {
    expression(*branch.test, soft);
    body(branch.body, soft);
  }
  body(node.otherwise, soft);
}

void Resolver::special_parameters(MacroDefinition& node, Symbols& symbols) {
  const std::set<std::string> used = undeclared(node.body, {"caller", "kwargs", "varargs"});
  std::set<std::string> own;
  for (size_t i = 0; i < node.parameters.size(); ++i) {
    own.insert(node.parameters[i]->name);
    if (node.parameters[i]->name != "caller") continue;
    node.explicit_caller = true;
    if (used.count("caller") != 0 && i + node.defaults.size() < node.parameters.size())
      throw SyntaxFault{
          "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.",
          node.at};
  }
  if (used.count("caller") != 0) {
    node.uses_caller = true;
    if (!node.explicit_caller) node.caller_slot = symbols.declare_parameter("caller").slot;
  }
  if (used.count("kwargs") != 0 && own.count("kwargs") == 0) {
    node.uses_kwargs = true;
    node.kwargs_slot = symbols.declare_parameter("kwargs").slot;
  }
  if (used.count("varargs") != 0 && own.count("varargs") == 0) {
    node.uses_varargs = true;
    node.varargs_slot = symbols.declare_parameter("varargs").slot;
  }
}

void Resolver::macro(MacroDefinition& node, const Place& place) {
  FunctionScope& function = new_function(&place.symbols->function());
  Symbols symbols(place.symbols, function);
  for (const auto& parameter : node.parameters) symbols.collect(*parameter);
  for (const ExprPtr& value : node.defaults) symbols.collect(*value);
  symbols.collect(node.body);
  special_parameters(node, symbols);
  Place inside{.symbols = &symbols};
  for (const auto& parameter : node.parameters) expression(*parameter, inside);
  for (const ExprPtr& value : node.defaults) expression(*value, inside);
  body(node.body, inside);
  node.frame = symbols.frame(false);
  node.slots = static_cast<uint32_t>(function.slots.size());
  if (node.type == Stmt::Type::macro) {
    node.target = ref(place, node.name);
    node.top_level = place.top_level;
  }
  if (node.type == Stmt::Type::call_block) expression(*static_cast<CallBlock&>(node).call, place);
}

void Resolver::block(Block& node) {
  FunctionScope& function = new_function(nullptr);
  Symbols symbols(nullptr, function);
  // Slots 0 and 1 are self and super.
  symbols.declare_parameter("self");
  symbols.declare_parameter("super");
  symbols.collect(node.body);
  body(node.body, {.symbols = &symbols});
  node.frame = symbols.frame(false);
  node.slots = static_cast<uint32_t>(function.slots.size());
}

void Resolver::with(With& node, const Place& place) {
  Symbols symbols(place.symbols, place.symbols->function());
  for (auto& [target, value] : node.variables) symbols.collect(*target, true);
  symbols.collect(node.body);
  const Place inside = place.inner(symbols);
  for (auto& [target, value] : node.variables) {
    expression(*value, place);
    expression(*target, inside);
  }
  body(node.body, inside);
  node.frame = symbols.frame(true);
}

void Resolver::assign_block(AssignBlock& node, const Place& place) {
  Symbols symbols(place.symbols, place.symbols->function());
  symbols.collect(node.body);
  const Place inside = place.inner(symbols);
  body(node.body, inside);
  expression(*node.target, place);
  if (node.filter != nullptr) expression(*node.filter, inside);
  export_names(*node.target, place, node.exported);
  node.frame = symbols.frame(true);
}

void Resolver::statement(Stmt& stmt, const Place& place) {
  switch (stmt.type) {
    case Stmt::Type::output:
      for (const ExprPtr& part : static_cast<Output&>(stmt).parts) expression(*part, place);
      return;
    case Stmt::Type::for_loop:
      return for_loop(static_cast<For&>(stmt), place);
    case Stmt::Type::condition:
      return condition(static_cast<If&>(stmt), place);
    case Stmt::Type::macro:
    case Stmt::Type::call_block:
    case Stmt::Type::generation:
      return macro(static_cast<MacroDefinition&>(stmt), place);
    case Stmt::Type::filter_block: {
      auto& node = static_cast<FilterBlock&>(stmt);
      Symbols symbols(place.symbols, place.symbols->function());
      symbols.collect(node.body);
      symbols.collect(*node.filter);
      const Place inside = place.inner(symbols);
      body(node.body, inside);
      expression(*node.filter, inside);
      node.frame = symbols.frame(true);
      return;
    }
    case Stmt::Type::with:
      return with(static_cast<With&>(stmt), place);
    case Stmt::Type::assign: {
      auto& node = static_cast<Assign&>(stmt);
      expression(*node.value, place);
      expression(*node.target, place);
      return export_names(*node.target, place, node.exported);
    }
    case Stmt::Type::assign_block:
      return assign_block(static_cast<AssignBlock&>(stmt), place);
    case Stmt::Type::block: {
      auto& node = static_cast<Block&>(stmt);
      for (const Block* other : tree_.blocks)
        if (other->name == node.name) throw SyntaxFault{"block '" + node.name + "' defined twice", node.at};
      tree_.blocks.push_back(&node);
      if (node.scoped)
        for (const std::string& name : place.symbols->assigned()) node.visible.emplace_back(name, ref(place, name));
      return;
    }
    case Stmt::Type::template_ref: {
      auto& node = static_cast<TemplateRef&>(stmt);
      if (node.tag == "extends" && !place.top_level)
        throw SyntaxFault{"cannot use extend from a non top-level scope", node.at};
      return expression(*node.which, place);
    }
    case Stmt::Type::autoescape: {
      auto& node = static_cast<Scope&>(stmt);
      Symbols symbols(place.symbols, place.symbols->function());
      symbols.collect(*node.option);
      symbols.collect(node.body);
      const Place inside = place.inner(symbols);
      expression(*node.option, inside);
      body(node.body, inside);
      node.frame = symbols.frame(true);
      return;
    }
    case Stmt::Type::loop_break:
    case Stmt::Type::loop_continue:
      if (!place.in_loop)
        throw SyntaxFault{
            stmt.type == Stmt::Type::loop_break ? "'break' outside loop" : "'continue' not properly in loop", stmt.at};
      return;
  }
}

}  // namespace

void resolve(Tree& tree) { Resolver(tree).run(); }

}  // namespace vitrine::jinja
