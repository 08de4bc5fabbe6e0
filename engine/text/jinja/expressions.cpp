// SPDX-License-Identifier: Apache-2.0
// Evaluation of expressions.
#include "engine/text/jinja/filters.h"
#include "engine/text/jinja/html.h"
#include "engine/text/jinja/interpreter.h"
#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/loop.h"
#include "engine/text/jinja/macro.h"
#include "engine/text/jinja/methods.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/tests.h"

namespace vitrine::jinja {

Value Interpreter::load(const std::string& name, Ref ref, Activation& a) {
  const Value& value = a.at(ref);
  return value.is_missing() ? Value::undefined_name(name) : value;
}

Values Interpreter::eval_all(const Exprs& exprs, Activation& a) {
  Values out;
  out.reserve(exprs.size());
  for (const ExprPtr& e : exprs) out.push_back(eval(*e, a));
  return out;
}

Arguments Interpreter::eval_arguments(const ArgumentList& list, Activation& a) {
  Arguments out;
  out.positional = eval_all(list.positional, a);
  for (const auto& [name, e] : list.named) out.named.emplace_back(name, eval(*e, a));
  if (list.star != nullptr) {
    const Value more = eval(*list.star, a);
    if (iterate_or_null(more) == nullptr) raise_type("Value after * must be an iterable, not " + type_name(more));
    for (Value& v : to_values(more)) out.positional.push_back(std::move(v));
  }
  if (list.double_star != nullptr) {
    const Value more = eval(*list.double_star, a);
    if (!more.is(Kind::dict)) raise_type("argument after ** must be a mapping, not " + type_name(more));
    for (const auto& [key, value] : more.entries().entries()) {
      if (!key.is_string()) raise_type("keywords must be strings");
      for (const auto& other : out.named)
        if (other.first == key.str()) raise_type("got multiple values for keyword argument " + repr(key));
      out.named.emplace_back(key.str(), value);
    }
  }
  return out;
}

Value Interpreter::eval_compare(const Compare& node, Activation& a) {
  Value left = eval(*node.first, a);
  for (const auto& [op, e] : node.rest) {
    Value right = eval(*e, a);
    at_ = node.at;
    if (!compare(op, left, right)) return Value::boolean(false);
    left = std::move(right);
  }
  return Value::boolean(true);
}

Value Interpreter::eval_concat(const Items& node, Activation& a) {
  const Values parts = eval_all(node.items, a);
  bool markup = false;
  if (autoescape_)
    for (const Value& part : parts) markup = markup || part.is_markup();
  std::string out;
  for (const Value& part : parts) {
    out += markup ? escaped(part) : to_string(part);
    if (static_cast<int64_t>(out.size()) > budget.output_limit) out_of_memory();
  }
  return markup ? Value::markup(std::move(out)) : Value::text(std::move(out));
}

Value Interpreter::eval_slice(const Slice& node, Activation& a) {
  const Value of = eval(*node.of, a);
  const Value start = node.start == nullptr ? Value::none() : eval(*node.start, a);
  const Value stop = node.stop == nullptr ? Value::none() : eval(*node.stop, a);
  const Value step = node.step == nullptr ? Value::none() : eval(*node.step, a);
  at_ = node.at;
  return slice(of, start, stop, step);
}

Value Interpreter::eval_call(const Call& node, Activation& a, const Value* caller) {
  const Value callee = eval(*node.callee, a);
  Arguments arguments = eval_arguments(node.arguments, a);
  if (caller != nullptr) arguments.named.emplace_back("caller", *caller);
  at_ = node.at;
  return call(callee, arguments);
}

Value Interpreter::eval_filter(const Applied& node, const Value& subject, Activation& a) {
  Arguments arguments = eval_arguments(node.arguments, a);
  at_ = node.at;
  return apply_filter(node.name, subject, std::move(arguments));
}

Value Interpreter::apply_filter(const std::string& name, const Value& subject, Arguments arguments) {
  const Filter filter = find_filter(name);
  if (filter == nullptr) raise("TemplateRuntimeError", "No filter named " + repr_of_text(name) + ".");
  return filter(*this, subject, arguments);
}

bool Interpreter::apply_test(const std::string& name, const Value& subject, Arguments arguments) {
  const Test test = find_test(name);
  if (test == nullptr) raise("TemplateRuntimeError", "No test named " + repr_of_text(name) + ".");
  return test(*this, subject, arguments);
}

Value Interpreter::call(const Value& callee, Arguments& arguments) {
  spend(1);
  switch (callee.kind()) {
    case Kind::function: {
      const Value keep = callee;  // the callee may let go of itself
      return keep.as<Function>().call(*this, arguments);
    }
    case Kind::macro:
      return call_macro(callee, arguments);
    case Kind::loop: {
      Loop& loop = callee.as<Loop>();
      if (loop.node == nullptr) raise_type("The loop must have the 'recursive' marker to be called recursively.");
      if (arguments.positional.size() != 1 || !arguments.named.empty()) raise_type("loop() takes exactly one argument");
      return Value::text(run_recursive(*loop.node, loop.closure, arguments.positional[0], loop.depth0 + 1));
    }
    case Kind::joiner: {
      Joiner& joiner = callee.as<Joiner>();
      if (!arguments.positional.empty() || !arguments.named.empty()) raise_type("joiner() takes no arguments");
      if (joiner.used) return joiner.separator;
      joiner.used = true;
      return Value::text("");
    }
    case Kind::undefined:
      fail_undefined(callee);
    default:
      raise_type("'" + type_name(callee) + "' object is not callable");
  }
}

Value Interpreter::eval_dict(const DictLiteral& literal, Activation& a) {
  auto dict = std::make_shared<Dict>();
  for (const auto& [key, value] : literal.entries) {
    const Value k = eval(*key, a);
    Value v = eval(*value, a);
    at_ = key->at;
    dict->set(k, std::move(v));
  }
  return Value::dict(std::move(dict));
}

Value Interpreter::eval(const Expr& expr, Activation& a) {
  check_stack();
  spend(1);
  at_ = expr.at;
  switch (expr.type) {
    case Expr::Type::constant:
      return static_cast<const Constant&>(expr).value;
    case Expr::Type::name:
      return load(static_cast<const Name&>(expr).name, static_cast<const Name&>(expr).ref, a);
    case Expr::Type::namespace_ref: {
      const auto& node = static_cast<const NamespaceRef&>(expr);
      return get_attribute(load(node.name, node.ref, a), node.attribute);
    }
    case Expr::Type::tuple:
      return Value::tuple(eval_all(static_cast<const Items&>(expr).items, a));
    case Expr::Type::list:
      return Value::list(eval_all(static_cast<const Items&>(expr).items, a));
    case Expr::Type::concat:
      return eval_concat(static_cast<const Items&>(expr), a);
    case Expr::Type::dict:
      return eval_dict(static_cast<const DictLiteral&>(expr), a);
    case Expr::Type::logical_not:
      return Value::boolean(!truthy(eval(*static_cast<const Unary&>(expr).operand, a)));
    case Expr::Type::negate:
    case Expr::Type::positive: {
      const Value operand = eval(*static_cast<const Unary&>(expr).operand, a);
      at_ = expr.at;
      return expr.type == Expr::Type::negate ? negate(operand) : positive(operand);
    }
    case Expr::Type::logical_and:
    case Expr::Type::logical_or: {
      const auto& node = static_cast<const Binary&>(expr);
      Value left = eval(*node.left, a);
      if (truthy(left) == (expr.type == Expr::Type::logical_or)) return left;
      return eval(*node.right, a);
    }
    case Expr::Type::arithmetic: {
      const auto& node = static_cast<const Binary&>(expr);
      const Value left = eval(*node.left, a);
      const Value right = eval(*node.right, a);
      at_ = expr.at;
      return arithmetic(node.op, left, right);
    }
    case Expr::Type::compare:
      return eval_compare(static_cast<const Compare&>(expr), a);
    case Expr::Type::conditional: {
      const auto& node = static_cast<const Conditional&>(expr);
      if (truthy(eval(*node.test, a))) return eval(*node.then, a);
      if (node.otherwise != nullptr) return eval(*node.otherwise, a);
      return Value::undefined_hint("the inline if-expression evaluated to false and no else section was defined.");
    }
    case Expr::Type::attribute: {
      const auto& node = static_cast<const Attribute&>(expr);
      const Value of = eval(*node.of, a);
      at_ = expr.at;
      return get_attribute(of, node.name);
    }
    case Expr::Type::item: {
      const auto& node = static_cast<const Item&>(expr);
      const Value of = eval(*node.of, a);
      const Value index = eval(*node.index, a);
      at_ = expr.at;
      return get_item(of, index);
    }
    case Expr::Type::slice:
      return eval_slice(static_cast<const Slice&>(expr), a);
    case Expr::Type::call:
      return eval_call(static_cast<const Call&>(expr), a, nullptr);
    case Expr::Type::filter: {
      const auto& node = static_cast<const Applied&>(expr);
      return eval_filter(node, eval(*node.subject, a), a);
    }
    case Expr::Type::test: {
      const auto& node = static_cast<const Applied&>(expr);
      const Value subject = eval(*node.subject, a);
      Arguments arguments = eval_arguments(node.arguments, a);
      at_ = node.at;
      return Value::boolean(apply_test(node.name, subject, std::move(arguments)));
    }
  }
  return Value::none();
}

}  // namespace vitrine::jinja
