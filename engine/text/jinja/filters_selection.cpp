// SPDX-License-Identifier: Apache-2.0
// map, select, reject and their attribute forms; default and attr.
#include "engine/text/jinja/arguments.h"
#include "engine/text/jinja/filters.h"
#include "engine/text/jinja/interpreter.h"
#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/methods.h"
#include "engine/text/jinja/repr.h"

namespace vitrine::jinja {

namespace {

Value default_value(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("default", a, {"default_value", "boolean"});
  if (s.is_undefined() || (bool_or(b[1], false) && !truthy(s))) return either(b[0], Value::text(""));
  return s;
}

Value attr(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("attr", a, {"name"}, 1);
  const std::string& name = want_text(b[0], "attr");
  if (std::optional<Value> found = find_attribute(s, name)) return std::move(*found);
  auto u = std::make_shared<Undefined>();
  u->of = s;
  u->name = b[0];
  return Value::object(Kind::undefined, std::move(u));
}

/// Name of the filter or test that the first argument gives.
std::string callee_name(const Value& name, const char* what) {
  if (!name.is_string()) raise("TemplateRuntimeError", std::string("No ") + what + " named " + repr(name) + ".");
  return name.str();
}

Value map(Interpreter& interpreter, const Value& s, Arguments& a) {
  Interpreter* i = &interpreter;
  return make_generator({s, Value::missing()}, [i, a](Values& h, Value& out) mutable {
    if (!truthy(h[0])) return false;
    if (h[1].is_missing()) h[1] = as_value(iterate(h[0]));
    const bool by_attribute =
        a.positional.empty() && !a.named.empty() &&
        std::any_of(a.named.begin(), a.named.end(), [](const auto& n) { return n.first == "attribute"; });
    Value attribute = Value::missing(), otherwise = Value::none();
    if (by_attribute) {
      for (const auto& [key, value] : a.named) {
        if (key == "attribute")
          attribute = value;
        else if (key == "default")
          otherwise = value;
        else
          raise("FilterArgumentError", "Unexpected keyword argument " + repr_of_text(key));
      }
    } else if (a.positional.empty()) {
      raise("FilterArgumentError", "map requires a filter argument");
    }
    Value item;
    if (!h[1].as<Iterator>().next(item)) return false;
    spend(1);
    if (by_attribute) {
      out = AttributePath(attribute).get(item, otherwise);
      return true;
    }
    Arguments rest;
    rest.positional.assign(a.positional.begin() + 1, a.positional.end());
    rest.named = a.named;
    out = i->apply_filter(callee_name(a.positional[0], "filter"), item, std::move(rest));
    return true;
  });
}

Value selected(Interpreter& interpreter, const Value& s, const Arguments& a, bool wanted, bool by_attribute) {
  Interpreter* i = &interpreter;
  return make_generator({s, Value::missing()}, [i, a, wanted, by_attribute](Values& h, Value& out) {
    if (!truthy(h[0])) return false;
    if (h[1].is_missing()) h[1] = as_value(iterate(h[0]));
    if (by_attribute && a.positional.empty()) raise("FilterArgumentError", "Missing parameter for attribute name");
    const AttributePath path = by_attribute ? AttributePath(a.positional[0]) : AttributePath();
    const size_t skip = by_attribute ? 1 : 0;
    while (h[1].as<Iterator>().next(out)) {
      spend(1);
      const Value subject = path.get(out);
      bool holds = false;
      if (a.positional.size() > skip) {
        Arguments rest;
        rest.positional.assign(a.positional.begin() + static_cast<std::ptrdiff_t>(skip) + 1, a.positional.end());
        rest.named = a.named;
        holds = i->apply_test(callee_name(a.positional[skip], "test"), subject, std::move(rest));
      } else {
        holds = truthy(subject);
      }
      if (holds == wanted) return true;
    }
    return false;
  });
}

Value select(Interpreter& i, const Value& s, Arguments& a) { return selected(i, s, a, true, false); }
Value reject(Interpreter& i, const Value& s, Arguments& a) { return selected(i, s, a, false, false); }
Value selectattr(Interpreter& i, const Value& s, Arguments& a) { return selected(i, s, a, true, true); }
Value rejectattr(Interpreter& i, const Value& s, Arguments& a) { return selected(i, s, a, false, true); }

constexpr FilterRow kRows[] = {{"default", default_value},
                               {"d", default_value},
                               {"attr", attr},
                               {"map", map},
                               {"select", select},
                               {"reject", reject},
                               {"selectattr", selectattr},
                               {"rejectattr", rejectattr}};

}  // namespace

std::span<const FilterRow> selection_filters() { return kRows; }

}  // namespace vitrine::jinja
