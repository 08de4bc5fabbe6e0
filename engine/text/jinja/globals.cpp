// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/globals.h"

#include <map>

#include "engine/text/jinja/arguments.h"
#include "engine/text/jinja/interpreter.h"
#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/repr.h"

namespace vitrine::jinja {

namespace {

Value range(Interpreter&, Arguments& a) {
  const Values b = bind("range", a, {"", "", ""}, 1);
  auto r = std::make_shared<Range>();
  r->start = b[1].is_missing() ? 0 : int_or(b[0], 0);
  r->stop = int_or(b[1].is_missing() ? b[0] : b[1], 0);
  r->step = int_or(b[2], 1);
  if (r->step == 0) raise_value("range() arg 3 must not be zero");
  if (r->size() > budget.range_limit || r->size() < 0)
    raise("OverflowError", "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" +
                               std::to_string(budget.range_limit) + ").");
  return Value::object(Kind::range, std::move(r));
}

/// dict(mapping or pairs, **named)
std::shared_ptr<Dict> make_dict(const char* function, Arguments& a) {
  if (a.positional.size() > 1)
    raise_type(std::string(function) + " expected at most 1 argument, got " + std::to_string(a.positional.size()));
  auto out = std::make_shared<Dict>();
  if (!a.positional.empty() && a.positional[0].is(Kind::dict)) {
    for (const auto& [key, value] : a.positional[0].entries().entries()) out->set(key, value);
  } else if (!a.positional.empty()) {
    const std::shared_ptr<Iterator> it = iterate(a.positional[0]);
    Value pair;
    for (size_t i = 0; it->next(pair); ++i) {
      if (iterate_or_null(pair) == nullptr)
        raise_type("cannot convert dictionary update sequence element #" + std::to_string(i) + " to a sequence");
      const Values parts = to_values(pair);
      if (parts.size() != 2)
        raise_value("dictionary update sequence element #" + std::to_string(i) + " has length " +
                    std::to_string(parts.size()) + "; 2 is required");
      out->set(parts[0], parts[1]);
    }
  }
  for (const auto& [key, value] : a.named) out->set(key, value);
  return out;
}

Value dict(Interpreter&, Arguments& a) { return Value::dict(make_dict("dict", a)); }

void check_name(const std::string& name) {
  if (name.starts_with("_"))
    raise("SecurityError", "Chat templates cannot store underscore-prefixed attributes on a namespace, but got " +
                               repr_of_text(name) + ". Please rename the attribute.");
}

Value name_space(Interpreter& interpreter, Arguments& a) {
  auto ns = std::make_shared<NameSpace>();
  ns->attributes = make_dict("dict", a);
  for (const auto& entry : ns->attributes->entries())
    if (entry.first.is_string()) check_name(entry.first.str());
  interpreter.track(ns);
  return Value::object(Kind::name_space, std::move(ns));
}

Value cycler(Interpreter&, Arguments& a) {
  if (!a.named.empty())
    raise_type("Cycler.__init__() got an unexpected keyword argument " + repr_of_text(a.named[0].first));
  if (a.positional.empty()) raise("RuntimeError", "at least one item has to be provided");
  auto c = std::make_shared<Cycler>();
  c->items = a.positional;
  return Value::object(Kind::cycler, std::move(c));
}

Value joiner(Interpreter&, Arguments& a) {
  const Values b = bind("Joiner.__init__", a, {"sep"});
  auto j = std::make_shared<Joiner>();
  j->separator = either(b[0], Value::text(", "));
  return Value::object(Kind::joiner, std::move(j));
}

Value raise_exception(Interpreter&, Arguments& a) {
  const Values b = bind("raise_exception", a, {"message"}, 1);
  raise("TemplateError", to_string(b[0]));
}

Value strftime_now(Interpreter& interpreter, Arguments& a) {
  const Values b = bind("strftime_now", a, {"format"}, 1);
  return Value::text(format_time(interpreter.now(), want_text(b[0], "strftime")));
}

Value lipsum(Interpreter&, Arguments&) {
  raise("TemplateRuntimeError",
        "the function 'lipsum' is not available: the same conversation must give the same prompt");
}

}  // namespace

Value find_global(const std::string& name) {
  static const std::map<std::string, Value, std::less<>> kGlobals = [] {
    std::map<std::string, Value, std::less<>> all;
    const auto add = [&](const char* key, Value (*call)(Interpreter&, Arguments&)) {
      all.emplace(key, make_function(std::string("function ") + key, call));
    };
    add("range", range);
    add("dict", dict);
    add("namespace", name_space);
    add("cycler", cycler);
    add("joiner", joiner);
    add("lipsum", lipsum);
    add("raise_exception", raise_exception);
    add("strftime_now", strftime_now);
    return all;
  }();
  const auto found = kGlobals.find(name);
  return found == kGlobals.end() ? Value::missing() : found->second;
}

void set_namespace_attribute(NameSpace& ns, const std::string& name, Value value) {
  check_name(name);
  ns.attributes->set(name, std::move(value));
}

}  // namespace vitrine::jinja
