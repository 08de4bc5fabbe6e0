// SPDX-License-Identifier: Apache-2.0
// Equality, hashing, order and membership as Python defines them.
#include "engine/text/jinja/operators.h"

#include <cmath>
#include <compare>
#include <functional>

#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/objects.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

static thread_local constinit int compare_depth = 0;

std::optional<int64_t> as_index(const Value& value) {
  if (value.is_int()) return value.as_int();
  return std::nullopt;
}

bool same_object(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::missing:
    case Kind::none:
      return true;
    case Kind::boolean:
      return a.as_bool() == b.as_bool();
    case Kind::integer:
      return a.as_int() == b.as_int() && a.as_int() >= -5 && a.as_int() <= 256;  // CPython's cache
    case Kind::real:
      return false;
    case Kind::string:
      return a.object() == b.object() || (a.str() == b.str() && a.length() <= 1);
    default:
      return a.object() == b.object();
  }
}

static bool equal_numbers(const Value& a, const Value& b) {
  if (a.is_int() && b.is_int()) return a.as_int() == b.as_int();
  if (a.is(Kind::real) && b.is(Kind::real)) return a.as_real() == b.as_real();
  const long double x = a.is_int() ? static_cast<long double>(a.as_int()) : a.as_real();
  const long double y = b.is_int() ? static_cast<long double>(b.as_int()) : b.as_real();
  return x == y;
}

static bool equal_dicts(const Dict& a, const Dict& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [key, value] : a.entries()) {
    const Value* other = b.find(key);
    if (other == nullptr || !equal(value, *other)) return false;
  }
  return true;
}

bool equal(const Value& a, const Value& b) {
  const Depth depth(compare_depth);
  spend(1);
  if (a.is_undefined() || b.is_undefined()) return a.is_undefined() && b.is_undefined();
  if (a.is_number() && b.is_number()) return equal_numbers(a, b);
  if (a.kind() != b.kind()) return false;
  if (a.object() != nullptr && a.object() == b.object()) return true;
  switch (a.kind()) {
    case Kind::none:
      return true;
    case Kind::string:
      return a.str() == b.str();
    case Kind::list:
    case Kind::tuple: {
      const Values &x = a.items(), &y = b.items();
      if (x.size() != y.size()) return false;
      for (size_t i = 0; i < x.size(); ++i)
        if (!equal(x[i], y[i])) return false;
      return true;
    }
    case Kind::dict:
      return equal_dicts(a.entries(), b.entries());
    case Kind::view: {
      const View &x = a.as<View>(), &y = b.as<View>();
      if (x.what != y.what || x.what == ViewKind::values || x.entries().size() != y.entries().size()) return false;
      if (x.what == ViewKind::items) return equal_dicts(x.entries(), y.entries());
      for (const auto& entry : x.entries().entries())
        if (y.entries().find(entry.first) == nullptr) return false;
      return true;
    }
    case Kind::range: {
      const Range &x = a.as<Range>(), &y = b.as<Range>();
      if (x.size() != y.size()) return false;
      return x.size() == 0 || (x.start == y.start && (x.size() == 1 || x.step == y.step));
    }
    default:
      return false;
  }
}

size_t hash_of(const Value& value) {
  const Depth depth(compare_depth);
  switch (value.kind()) {
    case Kind::boolean:
    case Kind::integer:
      return std::hash<int64_t>{}(value.as_int()) * 0x9E3779B97F4A7C15ull;
    case Kind::real: {
      const double d = value.as_real();
      if (std::floor(d) == d && d >= -9.2e18 && d <= 9.2e18)
        return std::hash<int64_t>{}(static_cast<int64_t>(d)) * 0x9E3779B97F4A7C15ull;
      return std::hash<double>{}(d);
    }
    case Kind::string:
      spend_bytes(value.str().size());
      return std::hash<std::string>{}(value.str());
    case Kind::tuple: {
      size_t hash = 0x345678;
      for (const Value& item : value.items()) hash = hash * 1000003 ^ hash_of(item);
      return hash;
    }
    case Kind::missing:
    case Kind::undefined:
      return 17;
    case Kind::none:
      return 19;
    case Kind::list:
    case Kind::dict:
    case Kind::view:
      raise_type("unhashable type: '" + type_name(value) + "'");
    case Kind::range:
      return static_cast<size_t>(value.as<Range>().size());
    default:
      return std::hash<const void*>{}(value.object().get());
  }
}

/// a <=> b, or TypeError naming `symbol`.
static std::partial_ordering order(const Value& a, const Value& b, const char* symbol) {
  const Depth depth(compare_depth);
  spend(1);
  require_defined(a);
  require_defined(b);
  if (a.is_number() && b.is_number()) {
    if (a.is_int() && b.is_int()) return a.as_int() <=> b.as_int();
    const long double x = a.is_int() ? static_cast<long double>(a.as_int()) : a.as_real();
    const long double y = b.is_int() ? static_cast<long double>(b.as_int()) : b.as_real();
    return x <=> y;
  }
  if (a.is_string() && b.is_string()) {
    spend_bytes(std::min(a.str().size(), b.str().size()));
    return a.str().compare(b.str()) <=> 0;
  }
  if (a.is_sequence() && a.kind() == b.kind()) {
    const Values &x = a.items(), &y = b.items();
    for (size_t i = 0; i < x.size() && i < y.size(); ++i)
      if (!equal(x[i], y[i])) return order(x[i], y[i], symbol);
    return x.size() <=> y.size();
  }
  raise_type(std::string("'") + symbol + "' not supported between instances of '" + type_name(a) + "' and '" +
             type_name(b) + "'");
}

bool less(const Value& a, const Value& b, const char* symbol) { return order(a, b, symbol) < 0; }

bool compare(Comparison op, const Value& a, const Value& b) {
  switch (op) {
    case Comparison::eq:
      return equal(a, b);
    case Comparison::ne:
      return !equal(a, b);
    case Comparison::lt:
      return order(a, b, "<") < 0;
    case Comparison::le:
      return order(a, b, "<=") <= 0;
    case Comparison::gt:
      return order(a, b, ">") > 0;
    case Comparison::ge:
      return order(a, b, ">=") >= 0;
    case Comparison::in:
      return contains(b, a);
    case Comparison::not_in:
      return !contains(b, a);
  }
  return false;
}

static bool contained_in_view(const View& view, const Value& item) {
  if (view.what == ViewKind::keys) return view.entries().find(item) != nullptr;
  if (view.what == ViewKind::items) {
    if (!item.is(Kind::tuple) || item.items().size() != 2) return false;
    const Value* found = view.entries().find(item.items()[0]);
    return found != nullptr && equal(*found, item.items()[1]);
  }
  for (const auto& entry : view.entries().entries())
    if (equal(entry.second, item)) return true;
  return false;
}

bool contains(const Value& container, const Value& item) {
  switch (container.kind()) {
    case Kind::string:
      if (!item.is_string()) raise_type("'in <string>' requires string as left operand, not " + type_name(item));
      spend_bytes(container.str().size());
      return find_bytes(container.str(), item.str()) != std::string::npos;
    case Kind::list:
    case Kind::tuple:
      for (const Value& candidate : container.items())
        if (equal(candidate, item)) return true;
      return false;
    case Kind::dict:
      return container.entries().find(item) != nullptr;
    case Kind::view:
      return contained_in_view(container.as<View>(), item);
    case Kind::range: {
      if (!item.is_number() || std::floor(item.as_real()) != item.as_real()) return false;
      const Range& r = container.as<Range>();
      const int64_t x = item.is_int() ? item.as_int() : static_cast<int64_t>(item.as_real());
      if (r.size() == 0 || (r.step > 0 ? (x < r.start || x >= r.stop) : (x > r.start || x <= r.stop))) return false;
      return (static_cast<__int128>(x) - r.start) % r.step == 0;
    }
    default:
      break;
  }
  const std::shared_ptr<Iterator> it = iterate_or_null(container);
  if (it == nullptr) raise_type("argument of type '" + type_name(container) + "' is not iterable");
  Value candidate;
  while (it->next(candidate))
    if (equal(candidate, item)) return true;
  return false;
}

}  // namespace vitrine::jinja
