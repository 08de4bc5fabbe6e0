// SPDX-License-Identifier: Apache-2.0
// The run as a whole, and what is called: macros, call bodies, generation blocks, named blocks.
#include "engine/text/jinja/interpreter.h"

#include "engine/text/jinja/globals.h"
#include "engine/text/jinja/html.h"
#include "engine/text/jinja/interpreter_scopes.h"
#include "engine/text/jinja/macro.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

Interpreter::Interpreter(const Tree& tree, const Dict& variables, const CivilTime& now, int max_calls)
    : tree_(tree), variables_(variables), now_(now), max_calls_(max_calls) {}

Interpreter::~Interpreter() {
  std::vector<std::shared_ptr<Object>> alive;  // all of them first: releasing one must not destroy the next in a chain
  for (const auto& weak : tracked_)
    if (std::shared_ptr<Object> object = weak.lock()) alive.push_back(std::move(object));
  for (const auto& object : alive) object->release();
}

void Interpreter::track(const std::shared_ptr<Object>& object) {
  if (tracked_.size() >= purge_at_) {
    std::erase_if(tracked_, [](const std::weak_ptr<Object>& weak) { return weak.expired(); });
    purge_at_ = 2 * tracked_.size() + 1024;
  }
  tracked_.push_back(object);
}

Value Interpreter::context_value(const std::string& name) const {
  if (block_variables_ != nullptr)
    if (const Value* found = block_variables_->find(std::string_view(name))) return *found;
  if (const Value* found = exported_->find(std::string_view(name))) return *found;
  if (const Value* found = variables_.find(std::string_view(name))) return *found;
  return find_global(name);
}

Rendering Interpreter::run() {
  const auto root = std::make_shared<Activation>(tree_.slots, nullptr);
  track(root);
  if (tree_.uses_self) root->slots[tree_.self_slot] = block_functions();
  enter(tree_.frame, *root);
  run_body(tree_.body, root);
  return {std::move(root_), std::move(spans_)};
}

Value Interpreter::make_macro(const MacroDefinition& node, const ActivationPtr& a) {
  auto macro = std::make_shared<Macro>();
  macro->name = node.name;
  macro->definition = &node;
  macro->closure = a;
  return Value::object(Kind::macro, std::move(macro));
}

static Value take_named(Arguments& arguments, const std::string& name) {
  for (size_t i = 0; i < arguments.named.size(); ++i) {
    if (arguments.named[i].first != name) continue;
    Value value = std::move(arguments.named[i].second);
    arguments.named.erase(arguments.named.begin() + static_cast<std::ptrdiff_t>(i));
    return value;
  }
  return Value::missing();
}

/// jinja2.runtime.Macro.__call__: positional, then named, then caller, kwargs and varargs.
void Interpreter::bind_macro(const MacroDefinition& node, Arguments& arguments, Activation& a) {
  const size_t count = node.parameters.size();
  const size_t given = std::min(count, arguments.positional.size());
  bool found_caller = node.explicit_caller && given == count;
  for (size_t i = 0; i < count; ++i) {
    const std::string& name = node.parameters[i]->name;
    Value& slot = a.slots[node.parameters[i]->ref.slot];
    if (i < given) {
      slot = arguments.positional[i];
    } else {
      slot = take_named(arguments, name);
      if (name == "caller") found_caller = true;
    }
  }
  if (node.uses_caller && !found_caller) {
    Value caller = take_named(arguments, "caller");
    if (caller.is_missing() || caller.is_none()) caller = Value::undefined_hint("No caller defined");
    a.slots[node.caller_slot] = std::move(caller);
  }
  const std::string title = node.name.empty() ? "None" : repr_of_text(node.name);
  if (node.uses_kwargs) {
    auto rest = std::make_shared<Dict>();
    for (auto& [key, value] : arguments.named) rest->set(key, value);
    a.slots[node.kwargs_slot] = Value::dict(std::move(rest));
  } else if (!arguments.named.empty()) {
    for (const auto& named : arguments.named)
      if (named.first == "caller")
        raise_type("macro " + title +
                   " was invoked with two values for the special caller argument. This is most likely a bug.");
    raise_type("macro " + title + " takes no keyword argument " + repr_of_text(arguments.named[0].first));
  }
  if (node.uses_varargs) {
    Values rest(arguments.positional.begin() + static_cast<std::ptrdiff_t>(given), arguments.positional.end());
    a.slots[node.varargs_slot] = Value::tuple(std::move(rest));
  } else if (arguments.positional.size() > count) {
    raise_type("macro " + title + " takes not more than " + std::to_string(count) + " argument(s)");
  }
}

Value Interpreter::call_macro(const Value& value, Arguments& arguments) {
  const CallDepth depth(*this);
  const Value keep = value;
  const Macro& macro = keep.as<Macro>();
  const MacroDefinition& node = *macro.definition;
  auto own = std::make_shared<Activation>(node.slots, macro.closure);
  track(own);
  bind_macro(node, arguments, *own);
  Capture capture(*this);
  enter(node.frame, *own);
  const size_t required = node.parameters.size() - node.defaults.size();
  for (size_t i = 0; i < node.parameters.size(); ++i) {
    const Name& parameter = *node.parameters[i];
    if (!own->slots[parameter.ref.slot].is_missing()) continue;
    if (i >= required) {
      Value value_of_default = eval(*node.defaults[i - required], *own);
      own->slots[parameter.ref.slot] = std::move(value_of_default);
    } else {
      own->slots[parameter.ref.slot] =
          Value::undefined_hint("parameter " + repr_of_text(parameter.name) + " was not provided");
    }
  }
  run_body(node.body, own);
  return autoescape_ ? Value::markup(capture.take()) : Value::text(capture.take());
}

/// As in transformers' AssistantTracker: the span begins where the finished output ends at this moment.
void Interpreter::run_generation(const MacroDefinition& node, const ActivationPtr& a) {
  Arguments nothing;
  const Value text = call_macro(make_macro(node, a), nothing);
  counted_points_ += static_cast<size_t>(count_code_points(std::string_view(root_).substr(counted_bytes_)));
  counted_bytes_ = root_.size();
  Span span;
  span.begin = counted_points_;
  span.end = span.begin + static_cast<size_t>(text.length());
  span.byte_begin = root_.size();
  span.byte_end = span.byte_begin + text.str().size();
  spans_.push_back(span);
  write(autoescape_ ? escaped(text) : text.str());
}

void Interpreter::run_block(const Block& node, const Dict* variables) {
  const CallDepth depth(*this);
  const auto own = std::make_shared<Activation>(node.slots, nullptr);
  track(own);
  own->slots[0] = block_functions();
  own->slots[1] = Value::undefined_hint("there is no parent block called " + repr_of_text(node.name) + ".");
  const Dict* outer = std::exchange(block_variables_, variables);
  try {
    enter(node.frame, *own);
    run_body(node.body, own);
  } catch (...) {
    block_variables_ = outer;
    throw;
  }
  block_variables_ = outer;
}

/// The variable `self`: each block as a function that gives its text.
Value Interpreter::block_functions() {
  auto self = std::make_shared<NameSpace>();
  for (const Block* block : tree_.blocks)
    self->attributes->set(block->name, make_function("BlockReference", [block](Interpreter& interpreter, Arguments&) {
                            Capture capture(interpreter);
                            interpreter.run_block(*block, nullptr);
                            return interpreter.autoescape_ ? Value::markup(capture.take())
                                                           : Value::text(capture.take());
                          }));
  return Value::object(Kind::name_space, std::move(self));
}

}  // namespace vitrine::jinja
