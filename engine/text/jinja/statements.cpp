// SPDX-License-Identifier: Apache-2.0
// Running of statements: output, loops, conditions, assignments, blocks of text that are captured.
#include "engine/text/jinja/filters.h"
#include "engine/text/jinja/globals.h"
#include "engine/text/jinja/html.h"
#include "engine/text/jinja/interpreter.h"
#include "engine/text/jinja/interpreter_scopes.h"
#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/loop.h"
#include "engine/text/jinja/repr.h"

namespace vitrine::jinja {

void Interpreter::write(std::string_view text) {
  if (static_cast<int64_t>(out_->size() + text.size()) > budget.output_limit)
    raise("LimitError", "the template writes more text than it may");
  spend_bytes(text.size());
  *out_ += text;
}

void Interpreter::enter(const Frame& frame, Activation& a) {
  for (const Load& load : frame.enter) {
    switch (load.from) {
      case Load::From::context:
        a.slots[load.slot] = context_value(load.name);
        break;
      case Load::From::variable: {
        Value value = a.at(load.source);
        a.slots[load.slot] = std::move(value);
        break;
      }
      case Load::From::nothing:
        a.slots[load.slot] = Value::missing();
        break;
    }
  }
}

void Interpreter::leave(const Frame& frame, Activation& a) {
  for (const uint32_t slot : frame.leave) a.slots[slot] = Value::missing();
}

/// Assignment to an attribute is allowed for namespaces only.
void Interpreter::check_namespaces(const Expr& target, Activation& a) {
  if (target.type == Expr::Type::tuple)
    for (const ExprPtr& item : static_cast<const Items&>(target).items) check_namespaces(*item, a);
  if (target.type != Expr::Type::namespace_ref) return;
  at_ = target.at;
  if (!a.at(static_cast<const NamespaceRef&>(target).ref).is(Kind::name_space))
    raise("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
}

void Interpreter::assign(const Expr& target, const Value& value, Activation& a) {
  switch (target.type) {
    case Expr::Type::name:
      a.at(static_cast<const Name&>(target).ref) = value;
      return;
    case Expr::Type::namespace_ref: {
      const auto& node = static_cast<const NamespaceRef&>(target);
      at_ = target.at;
      const Value ns = load(node.name, node.ref, a);
      if (!ns.is(Kind::name_space)) raise_type("'" + type_name(ns) + "' object does not support item assignment");
      set_namespace_attribute(ns.as<NameSpace>(), node.attribute, value);
      return;
    }
    default:
      break;
  }
  const Exprs& targets = static_cast<const Items&>(target).items;
  at_ = target.at;
  if (iterate_or_null(value) == nullptr) raise_type("cannot unpack non-iterable " + type_name(value) + " object");
  const std::shared_ptr<Iterator> it = iterate(value);
  Values parts;
  Value part;
  while (it->next(part)) {
    if (parts.size() == targets.size())
      raise_value("too many values to unpack (expected " + std::to_string(targets.size()) + ")");
    parts.push_back(part);
  }
  if (parts.size() < targets.size())
    raise_value("not enough values to unpack (expected " + std::to_string(targets.size()) + ", got " +
                std::to_string(parts.size()) + ")");
  for (size_t i = 0; i < targets.size(); ++i) assign(*targets[i], parts[i], a);
}

Interpreter::Flow Interpreter::run_body(const Body& body, const ActivationPtr& a) {
  for (const StmtPtr& stmt : body)
    if (const Flow flow = run_statement(*stmt, a); flow != Flow::normal) return flow;
  return Flow::normal;
}

Interpreter::Flow Interpreter::run_statement(const Stmt& stmt, const ActivationPtr& a) {
  check_stack();
  spend(1);
  at_ = stmt.at;
  switch (stmt.type) {
    case Stmt::Type::output:
      run_output(static_cast<const Output&>(stmt), a);
      break;
    case Stmt::Type::for_loop:
      return run_for(static_cast<const For&>(stmt), a);
    case Stmt::Type::condition:
      return run_if(static_cast<const If&>(stmt), a);
    case Stmt::Type::macro: {
      const auto& node = static_cast<const MacroDefinition&>(stmt);
      const Value macro = make_macro(node, a);
      a->at(node.target) = macro;
      if (node.top_level) exported_->set(node.name, macro);
      break;
    }
    case Stmt::Type::call_block: {
      const auto& node = static_cast<const CallBlock&>(stmt);
      const Value caller = make_macro(node, a);
      const Value result = eval_call(static_cast<const Call&>(*node.call), *a, &caller);
      write(autoescape_ ? escaped(result) : to_string(result));
      break;
    }
    case Stmt::Type::filter_block:
      return run_filter_block(static_cast<const FilterBlock&>(stmt), a);
    case Stmt::Type::with:
      return run_with(static_cast<const With&>(stmt), a);
    case Stmt::Type::assign:
      run_assign(static_cast<const Assign&>(stmt), a);
      break;
    case Stmt::Type::assign_block:
      return run_assign_block(static_cast<const AssignBlock&>(stmt), a);
    case Stmt::Type::block: {
      const auto& node = static_cast<const Block&>(stmt);
      if (node.required) raise("TemplateRuntimeError", "Required block " + repr_of_text(node.name) + " not found");
      Dict visible;
      for (const auto& [name, ref] : node.visible)
        if (const Value& value = a->at(ref); !value.is_missing()) visible.set(name, value);
      run_block(node, node.scoped ? &visible : block_variables_);
      break;
    }
    case Stmt::Type::template_ref:
      run_template_ref(static_cast<const TemplateRef&>(stmt), a);
      break;
    case Stmt::Type::loop_break:
      return Flow::loop_break;
    case Stmt::Type::loop_continue:
      return Flow::loop_continue;
    case Stmt::Type::generation:
      run_generation(static_cast<const MacroDefinition&>(stmt), a);
      break;
    case Stmt::Type::autoescape:
      return run_autoescape(static_cast<const Scope&>(stmt), a);
  }
  return Flow::normal;
}

void Interpreter::run_output(const Output& node, const ActivationPtr& a) {
  for (const ExprPtr& part : node.parts) {
    if (part->type == Expr::Type::constant && static_cast<const Constant&>(*part).data) {
      write(static_cast<const Constant&>(*part).value.str());
      continue;
    }
    const Value value = eval(*part, *a);
    at_ = part->at;
    if (value.is_string() && (!autoescape_ || value.is_markup()))
      write(value.str());
    else
      write(autoescape_ ? escaped(value) : to_string(value));
  }
}

Interpreter::Flow Interpreter::run_if(const If& node, const ActivationPtr& a) {
  for (const If::Branch& branch : node.branches)
    if (truthy(eval(*branch.test, *a))) return run_body(branch.body, a);
  return run_body(node.otherwise, a);
}

namespace {
/// The values that pass the test of a loop, found as they are asked for.
struct FilteredIterator : Iterator {
  std::function<bool(Value&)> step;
  bool next(Value& out) override {
    check_stack();
    return step(out);
  }
};
}  // namespace

Value Interpreter::filtered(const For& node, const ActivationPtr& outer, const Value& iterable) {
  auto own = std::make_shared<Activation>(node.test_slots, outer);
  track(own);
  auto it = std::make_shared<FilteredIterator>();
  std::shared_ptr<Iterator> source;
  it->step = [this, &node, own, iterable, source](Value& out) mutable {
    if (source == nullptr) {
      enter(node.test_frame, *own);
      source = iterate(iterable);
    }
    Value item;
    while (source->next(item)) {
      spend(1);
      assign(*node.test_target, item, *own);
      if (!truthy(eval(*node.test, *own))) continue;
      const std::function<Value(const Expr&)> current = [&](const Expr& target) {
        if (target.type == Expr::Type::name) return own->at(static_cast<const Name&>(target).ref);
        Values parts;
        for (const ExprPtr& part : static_cast<const Items&>(target).items) parts.push_back(current(*part));
        return Value::tuple(std::move(parts));
      };
      out = current(*node.test_target);
      return true;
    }
    return false;
  };
  return as_value(std::move(it));
}

Interpreter::Flow Interpreter::run_for(const For& node, const ActivationPtr& a) {
  const Value iterable = eval(*node.iterable, *a);
  at_ = node.iterable->at;
  if (!node.recursive) return run_loop(node, a, iterable, 0, nullptr);
  write(run_recursive(node, a, iterable, 0));
  return Flow::normal;
}

std::string Interpreter::run_recursive(const For& node, const ActivationPtr& outer, const Value& iterable, int depth0) {
  const CallDepth depth(*this);
  auto own = std::make_shared<Activation>(node.slots, outer);
  track(own);
  Capture capture(*this);
  run_loop(node, own, iterable, depth0, outer);
  return capture.take();
}

Interpreter::Flow Interpreter::run_loop(const For& node, const ActivationPtr& a, const Value& iterable, int depth0,
                                        const ActivationPtr& outer) {
  const Value source = node.test == nullptr ? iterable : filtered(node, outer == nullptr ? a : outer, iterable);
  const std::shared_ptr<Iterator> plain = iterate(source);
  std::shared_ptr<Loop> loop;
  Value loop_value;
  if (node.extended) {
    loop = std::make_shared<Loop>(source, plain);
    loop->depth0 = depth0;
    if (node.recursive) {
      loop->node = &node;
      loop->closure = outer;
    }
    track(loop);
    loop_value = Value::object(Kind::loop, loop);
  }
  bool completed = false;
  Value item;
  for (;;) {
    spend(1);
    if (!(loop != nullptr ? loop->next(item) : plain->next(item))) break;
    // In Python the target is assigned before the frame is entered; its slots are parameters, which enter() keeps.
    assign(*node.target, item, *a);
    if (loop != nullptr) a->at(node.loop) = loop_value;
    enter(node.frame, *a);
    const Flow flow = run_body(node.body, a);
    if (flow == Flow::loop_break) break;
    if (flow == Flow::normal) completed = true;
  }
  leave(node.frame, *a);
  if (!node.has_else || completed) return Flow::normal;
  enter(node.else_frame, *a);
  const Flow flow = run_body(node.otherwise, a);
  leave(node.else_frame, *a);
  return flow;
}

Interpreter::Flow Interpreter::run_with(const With& node, const ActivationPtr& a) {
  enter(node.frame, *a);
  for (const auto& [target, value] : node.variables) assign(*target, eval(*value, *a), *a);
  const Flow flow = run_body(node.body, a);
  leave(node.frame, *a);
  return flow;
}

void Interpreter::run_assign(const Assign& node, const ActivationPtr& a) {
  check_namespaces(*node.target, *a);
  assign(*node.target, eval(*node.value, *a), *a);
  for (const auto& [name, ref] : node.exported) exported_->set(name, a->at(ref));
}

Interpreter::Flow Interpreter::run_filter_block(const FilterBlock& node, const ActivationPtr& a) {
  enter(node.frame, *a);
  std::string body;
  {
    Capture capture(*this);
    if (const Flow flow = run_body(node.body, a); flow != Flow::normal) return flow;
    body = capture.take();
  }
  const Value text = autoescape_ ? Value::markup(std::move(body)) : Value::text(std::move(body));
  const Value result = eval_filter_chain(*node.filter, text, *a);
  write(autoescape_ ? escaped(result) : to_string(result));
  leave(node.frame, *a);
  return Flow::normal;
}

Interpreter::Flow Interpreter::run_assign_block(const AssignBlock& node, const ActivationPtr& a) {
  enter(node.frame, *a);
  std::string body;
  {
    Capture capture(*this);
    if (const Flow flow = run_body(node.body, a); flow != Flow::normal) return flow;
    body = capture.take();
  }
  Value text = autoescape_ ? Value::markup(std::move(body)) : Value::text(std::move(body));
  if (node.filter != nullptr) text = eval_filter_chain(*node.filter, text, *a);
  if (autoescape_ && !text.is_markup()) text = Value::markup(to_string(text));
  assign(*node.target, text, *a);
  for (const auto& [name, ref] : node.exported) exported_->set(name, a->at(ref));
  leave(node.frame, *a);
  return Flow::normal;
}

/// The filters of a filter block; the innermost one has no subject and takes the text.
Value Interpreter::eval_filter_chain(const Expr& expr, const Value& text, Activation& a) {
  const auto& node = static_cast<const Applied&>(expr);
  return eval_filter(node, node.subject == nullptr ? text : eval_filter_chain(*node.subject, text, a), a);
}

Interpreter::Flow Interpreter::run_autoescape(const Scope& node, const ActivationPtr& a) {
  enter(node.frame, *a);
  const bool before = autoescape_;
  autoescape_ = truthy(eval(*node.option, *a));
  const Flow flow = run_body(node.body, a);
  autoescape_ = before;
  leave(node.frame, *a);
  return flow;
}

void Interpreter::run_template_ref(const TemplateRef& node, const ActivationPtr& a) {
  const Value which = eval(*node.which, *a);
  at_ = node.at;
  require_defined(which);
  if (node.tag == "include" && which.is_sequence() && which.items().empty()) {
    if (node.ignore_missing) return;
    raise("TemplatesNotFound", "Tried to select from an empty list of templates");
  }
  raise_type("no loader for this environment specified");
}

}  // namespace vitrine::jinja
