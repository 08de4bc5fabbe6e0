// SPDX-License-Identifier: Apache-2.0
// Methods of dict, list, tuple, numbers, cyclers, and attribute access as jinja2's immutable sandbox grants it.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/text/jinja/arguments.h"
#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/loop.h"
#include "engine/text/jinja/macro.h"
#include "engine/text/jinja/methods.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {

Value dict_get(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind("get", arguments, {"", ""}, 1);
  const Value* found = self.entries().find(a[0]);
  return found != nullptr ? *found : either(a[1], Value::none());
}

template <ViewKind what>
Value dict_view(Interpreter&, const Value& self, Arguments& arguments) {
  bind("dict method", arguments, {});
  auto view = std::make_shared<View>();
  view->dict = self.object();
  view->what = what;
  return Value::object(Kind::view, std::move(view));
}

Value dict_copy(Interpreter&, const Value& self, Arguments&) {
  auto copy = std::make_shared<Dict>();
  for (const auto& [key, value] : self.entries().entries()) copy->set(key, value);
  return Value::dict(std::move(copy));
}

Value dict_from_keys(Interpreter&, const Value&, Arguments& arguments) {
  const Values a = bind("fromkeys", arguments, {"", ""}, 1);
  auto out = std::make_shared<Dict>();
  for (const Value& key : to_values(a[0])) out->set(key, either(a[1], Value::none()));
  return Value::dict(std::move(out));
}

Value sequence_index(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind("index", arguments, {"", "", ""}, 1);
  const Values& items = self.items();
  const auto size = static_cast<int64_t>(items.size());
  const auto clip = [&](const Value& v, int64_t otherwise) {
    const int64_t x = int_or(v, otherwise);
    return std::clamp<int64_t>(x < 0 ? x + size : x, 0, size);
  };
  for (int64_t i = clip(a[1], 0), end = clip(a[2], size); i < end; ++i)
    if (equal(items[static_cast<size_t>(i)], a[0])) return Value::integer(i);
  raise_value(self.is(Kind::list) ? repr(a[0]) + " is not in list" : "tuple.index(x): x not in tuple");
}

Value sequence_count(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind("count", arguments, {""}, 1);
  int64_t count = 0;
  for (const Value& item : self.items()) count += equal(item, a[0]);
  return Value::integer(count);
}

Value list_copy(Interpreter&, const Value& self, Arguments&) { return Value::list(self.items()); }

Value bit_length(Interpreter&, const Value& self, Arguments&) {
  const int64_t v = self.as_int();
  const uint64_t magnitude = v < 0 ? 0 - static_cast<uint64_t>(v) : static_cast<uint64_t>(v);
  return Value::integer(magnitude == 0 ? 0 : 64 - __builtin_clzll(magnitude));
}
Value bit_count(Interpreter&, const Value& self, Arguments&) {
  const int64_t v = self.as_int();
  return Value::integer(__builtin_popcountll(v < 0 ? 0 - static_cast<uint64_t>(v) : static_cast<uint64_t>(v)));
}
Value is_integer(Interpreter&, const Value& self, Arguments&) {
  return Value::boolean(std::isfinite(self.as_real()) && std::floor(self.as_real()) == self.as_real());
}
Value conjugate(Interpreter&, const Value& self, Arguments&) {
  return self.is(Kind::real) ? self : Value::integer(self.as_int());
}

Value cycler_next(Interpreter&, const Value& self, Arguments&) {
  Cycler& cycler = self.as<Cycler>();
  Value now = cycler.items[cycler.position];
  cycler.position = (cycler.position + 1) % cycler.items.size();
  return now;
}
Value cycler_reset(Interpreter&, const Value& self, Arguments&) {
  self.as<Cycler>().position = 0;
  return Value::none();
}

struct Row {
  Kind kind;
  std::string_view name;
  Method method;
};
constexpr Row kMethods[] = {
    {Kind::dict, "get", dict_get},
    {Kind::dict, "items", dict_view<ViewKind::items>},
    {Kind::dict, "keys", dict_view<ViewKind::keys>},
    {Kind::dict, "values", dict_view<ViewKind::values>},
    {Kind::dict, "copy", dict_copy},
    {Kind::dict, "fromkeys", dict_from_keys},
    {Kind::list, "index", sequence_index},
    {Kind::list, "count", sequence_count},
    {Kind::list, "copy", list_copy},
    {Kind::tuple, "index", sequence_index},
    {Kind::tuple, "count", sequence_count},
    {Kind::integer, "bit_length", bit_length},
    {Kind::integer, "bit_count", bit_count},
    {Kind::integer, "conjugate", conjugate},
    {Kind::real, "is_integer", is_integer},
    {Kind::real, "conjugate", conjugate},
    {Kind::cycler, "next", cycler_next},
    {Kind::cycler, "reset", cycler_reset},
};

bool is_dunder(const std::string& name) { return name.size() > 4 && name.starts_with("__") && name.ends_with("__"); }

/// Special names that every Python object has.
bool is_object_attribute(const std::string& name) {
  static constexpr std::string_view kNames[] = {
      "__class__",   "__delattr__", "__dir__",           "__doc__",         "__eq__",
      "__format__",  "__ge__",      "__getattribute__",  "__getstate__",    "__gt__",
      "__hash__",    "__init__",    "__init_subclass__", "__le__",          "__lt__",
      "__ne__",      "__new__",     "__reduce__",        "__reduce_ex__",   "__repr__",
      "__setattr__", "__sizeof__",  "__str__",           "__subclasshook__"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

/// Special names of containers and strings.
bool is_container_attribute(const std::string& name) {
  return name == "__len__" || name == "__getitem__" || name == "__iter__" || name == "__contains__" ||
         name == "__add__" || name == "__mul__";
}

std::optional<Value> plain_attribute(const Value& of, const std::string& name) {
  switch (of.kind()) {
    case Kind::loop:
      return of.as<Loop>().attribute(of, name);
    case Kind::name_space: {
      const Value* found = of.as<NameSpace>().attributes->find(name);
      return found == nullptr ? std::nullopt : std::optional<Value>(*found);
    }
    case Kind::function:
      if (name == "fromkeys" && of.as<Function>().name == "function dict")
        return make_function("function fromkeys", [of](Interpreter& interpreter, Arguments& arguments) {
          return dict_from_keys(interpreter, of, arguments);
        });
      break;
    case Kind::cycler:
      if (name == "current") return of.as<Cycler>().items[of.as<Cycler>().position];
      if (name == "items") return Value::tuple(of.as<Cycler>().items);
      if (name == "pos") return Value::integer(static_cast<int64_t>(of.as<Cycler>().position));
      break;
    case Kind::joiner:
      if (name == "sep") return of.as<Joiner>().separator;
      if (name == "used") return Value::boolean(of.as<Joiner>().used);
      break;
    case Kind::macro:
      if (name == "name") return of.as<Macro>().name.empty() ? Value::none() : Value::text(of.as<Macro>().name);
      if (name == "arguments" || name == "catch_kwargs" || name == "catch_varargs" || name == "caller") {
        const MacroDefinition& macro = *of.as<Macro>().definition;
        if (name == "catch_kwargs") return Value::boolean(macro.uses_kwargs);
        if (name == "catch_varargs") return Value::boolean(macro.uses_varargs);
        if (name == "caller") return Value::boolean(macro.uses_caller);
        Values names;
        for (const auto& parameter : macro.parameters) names.push_back(Value::text(parameter->name));
        return Value::tuple(std::move(names));
      }
      break;
    case Kind::tuple: {
      const Sequence& sequence = of.as<Sequence>();
      for (size_t i = 0; i < sequence.names.size(); ++i)
        if (sequence.names[i] == name) return sequence.items[i];
      break;
    }
    case Kind::range:
      if (name == "start") return Value::integer(of.as<Range>().start);
      if (name == "stop") return Value::integer(of.as<Range>().stop);
      if (name == "step") return Value::integer(of.as<Range>().step);
      break;
    case Kind::boolean:
    case Kind::integer:
    case Kind::real:
      if (name == "real") return of.is(Kind::real) ? of : Value::integer(of.as_int());
      if (name == "imag") return of.is(Kind::real) ? Value::real(0) : Value::integer(0);
      if (of.is_int() && name == "numerator") return Value::integer(of.as_int());
      if (of.is_int() && name == "denominator") return Value::integer(1);
      break;
    default:
      break;
  }
  return std::nullopt;
}

Value undefined_attribute(const Value& of, Value name) {
  auto u = std::make_shared<Undefined>();
  u->of = of;
  u->name = std::move(name);
  return Value::object(Kind::undefined, std::move(u));
}

/// The attribute exists, but a template may not touch it.
Value unsafe_attribute(const Value& of, const std::string& name) {
  auto u = std::make_shared<Undefined>();
  u->hint = "access to attribute " + repr_of_text(name) + " of " + repr_of_text(type_name(of)) + " object is unsafe.";
  u->of = of;
  u->name = Value::text(name);
  u->security = true;
  return Value::object(Kind::undefined, std::move(u));
}

/// of[index] as Python does it; nullopt for TypeError and LookupError.
std::optional<Value> subscript(const Value& of, const Value& index) {
  switch (of.kind()) {
    case Kind::undefined:
      fail_undefined(of);
    case Kind::dict:
      if (index.is(Kind::list) || index.is(Kind::dict) || index.is(Kind::view)) return std::nullopt;
      try {
        const Value* found = of.entries().find(index);
        return found == nullptr ? std::nullopt : std::optional<Value>(*found);
      } catch (const Fault& fault) {
        if (fault.type == "TypeError") return std::nullopt;
        throw;
      }
    case Kind::list:
    case Kind::tuple:
    case Kind::range:
    case Kind::string: {
      if (!index.is_int()) return std::nullopt;
      const int64_t size = *length_of(of);
      int64_t at = index.as_int();
      if (at < 0) at += size;
      if (at < 0 || at >= size) return std::nullopt;
      if (of.is_sequence()) return of.items()[static_cast<size_t>(at)];
      if (of.is(Kind::range)) return Value::integer(of.as<Range>().start + at * of.as<Range>().step);
      return slice(of, Value::integer(at), Value::integer(at + 1), Value::none());
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

Method find_container_method(Kind kind, const std::string& name) {
  if (kind == Kind::boolean) kind = Kind::integer;
  for (const Row& row : kMethods)
    if (row.kind == kind && row.name == name) return row.method;
  return nullptr;
}

bool changes_object(Kind kind, const std::string& name) {
  static constexpr std::string_view kList[] = {"append", "clear", "pop",    "reverse",
                                               "insert", "sort",  "extend", "remove"};
  static constexpr std::string_view kDict[] = {"clear", "pop", "popitem", "setdefault", "update"};
  if (kind == Kind::list) return std::find(std::begin(kList), std::end(kList), name) != std::end(kList);
  if (kind == Kind::dict) return std::find(std::begin(kDict), std::end(kDict), name) != std::end(kDict);
  return false;
}

std::optional<Value> find_attribute(const Value& of, const std::string& name) {
  if (of.is_undefined()) {
    if (is_object_attribute(name) || is_container_attribute(name)) return unsafe_attribute(of, name);
    if (is_dunder(name)) return std::nullopt;
    fail_undefined(of);
  }
  if (std::optional<Value> plain = plain_attribute(of, name)) return plain;
  if (of.is(Kind::name_space)) return name == "__class__" ? std::optional(unsafe_attribute(of, name)) : std::nullopt;
  if (changes_object(of.kind(), name)) return unsafe_attribute(of, name);
  const Method method = of.is_string() ? find_string_method(name) : find_container_method(of.kind(), name);
  if (method != nullptr)
    return make_function(
        "built-in method " + name + " of " + type_name(of) + " object",
        [of, method](Interpreter& interpreter, Arguments& arguments) { return method(interpreter, of, arguments); });
  if (is_object_attribute(name)) return unsafe_attribute(of, name);
  if (is_container_attribute(name) && length_of(of)) return unsafe_attribute(of, name);
  return std::nullopt;
}

Value get_attribute(const Value& of, const std::string& name) {
  if (std::optional<Value> found = find_attribute(of, name)) return std::move(*found);
  if (of.is(Kind::dict)) {
    if (const Value* found = of.entries().find(std::string_view(name))) return *found;
  }
  return undefined_attribute(of, Value::text(name));
}

Value get_item(const Value& of, const Value& index) {
  if (std::optional<Value> found = subscript(of, index)) return std::move(*found);
  if (index.is_string())
    if (std::optional<Value> found = find_attribute(of, index.str())) return std::move(*found);
  return undefined_attribute(of, index);
}

}  // namespace vitrine::jinja
