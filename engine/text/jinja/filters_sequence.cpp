// SPDX-License-Identifier: Apache-2.0
// Filters on sequences and mappings that look at every item.
#include <algorithm>

#include "engine/text/jinja/arguments.h"
#include "engine/text/jinja/filters.h"
#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/methods.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/repr.h"

namespace vitrine::jinja {

namespace {

Value length(Interpreter&, const Value& s, Arguments& a) {
  bind("len", a, {});
  const std::optional<int64_t> size = length_of(s);
  if (!size) raise_type("object of type '" + type_name(s) + "' has no len()");
  return Value::integer(*size);
}

Value first(Interpreter&, const Value& s, Arguments& a) {
  bind("first", a, {});
  Value out;
  return iterate(s)->next(out) ? out : Value::undefined_hint("No first item, sequence was empty.");
}

Value last(Interpreter&, const Value& s, Arguments& a) {
  bind("last", a, {});
  const std::shared_ptr<Iterator> it = reversed_or_null(s);
  if (it == nullptr) raise_type("'" + type_name(s) + "' object is not reversible");
  Value out;
  return it->next(out) ? out : Value::undefined_hint("No last item, sequence was empty.");
}

Value list(Interpreter&, const Value& s, Arguments& a) {
  bind("list", a, {});
  return Value::list(to_values(s));
}

Value reverse(Interpreter&, const Value& s, Arguments& a) {
  bind("reverse", a, {});
  if (s.is_string()) return slice(s, Value::none(), Value::none(), Value::integer(-1));
  if (std::shared_ptr<Iterator> it = reversed_or_null(s)) return as_value(std::move(it));
  if (iterate_or_null(s) == nullptr) raise("FilterArgumentError", "argument must be iterable");
  Values items = to_values(s);
  std::reverse(items.begin(), items.end());
  return Value::list(std::move(items));
}

/// Sorts by keys that were made before; stable, also when descending.
Values sorted_by(const Values& items, const Values& keys, bool descending) {
  std::vector<size_t> order(items.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t x, size_t y) { return descending ? less(keys[y], keys[x]) : less(keys[x], keys[y]); });
  Values out;
  out.reserve(items.size());
  for (const size_t i : order) out.push_back(items[i]);
  return out;
}

Value sort(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("sort", a, {"reverse", "case_sensitive", "attribute"});
  const bool case_sensitive = bool_or(b[1], false);
  std::vector<AttributePath> paths;
  if (!b[2].is_missing() && b[2].is_string()) {
    const std::string& all = b[2].str();
    for (size_t at = 0;;) {
      const size_t comma = all.find(',', at);
      paths.emplace_back(Value::text(all.substr(at, comma - at)));
      if (comma == std::string::npos) break;
      at = comma + 1;
    }
  } else {
    paths.emplace_back(either(b[2], Value::none()));
  }
  const Values items = to_values(s);
  Values keys;
  for (const Value& item : items) {
    Values parts;
    for (const AttributePath& path : paths) parts.push_back(sort_key(path.get(item), case_sensitive));
    keys.push_back(Value::list(std::move(parts)));
  }
  return Value::list(sorted_by(items, keys, bool_or(b[0], false)));
}

Value dictsort(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("dictsort", a, {"case_sensitive", "by", "reverse"});
  const Value by = either(b[1], Value::text("key"));
  const bool by_value = by.is_string() && by.str() == "value";
  if (!by_value && !(by.is_string() && by.str() == "key"))
    raise("FilterArgumentError", "You can only sort by either \"key\" or \"value\"");
  require_defined(s);
  if (!s.is(Kind::dict)) raise("AttributeError", "'" + type_name(s) + "' object has no attribute 'items'");
  Values items, keys;
  for (const auto& [key, value] : s.entries().entries()) {
    items.push_back(Value::tuple({key, value}));
    keys.push_back(sort_key(by_value ? value : key, bool_or(b[0], false)));
  }
  return Value::list(sorted_by(items, keys, bool_or(b[2], false)));
}

Value extreme(const Value& s, Arguments& a, bool greatest) {
  const Values b = bind(greatest ? "max" : "min", a, {"case_sensitive", "attribute"});
  const AttributePath path(either(b[1], Value::none()));
  const bool case_sensitive = bool_or(b[0], false);
  const std::shared_ptr<Iterator> it = iterate(s);
  Value best, item;
  if (!it->next(best)) return Value::undefined_hint("No aggregated item, sequence was empty.");
  Value best_key = sort_key(path.get(best), case_sensitive);
  while (it->next(item)) {
    spend(1);
    const Value key = sort_key(path.get(item), case_sensitive);
    if (greatest ? less(best_key, key, ">") : less(key, best_key)) {
      best = item;
      best_key = key;
    }
  }
  return best;
}
Value min(Interpreter&, const Value& s, Arguments& a) { return extreme(s, a, false); }
Value max(Interpreter&, const Value& s, Arguments& a) { return extreme(s, a, true); }

Value sum(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("sum", a, {"attribute", "start"});
  const AttributePath path(either(b[0], Value::none()));
  Value total = either(b[1], Value::integer(0));
  if (total.is_string()) raise_type("sum() can't sum strings [use ''.join(seq) instead]");
  const std::shared_ptr<Iterator> it = iterate(s);
  Value item;
  while (it->next(item)) total = arithmetic(Arithmetic::add, total, path.get(item));
  return total;
}

Value group_by(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("groupby", a, {"attribute", "default", "case_sensitive"}, 1);
  const AttributePath path(b[0]);
  const Value otherwise = either(b[1], Value::none());
  const bool case_sensitive = bool_or(b[2], false);
  Values items = to_values(s), keys;
  for (const Value& item : items) keys.push_back(sort_key(path.get(item, otherwise), case_sensitive));
  items = sorted_by(items, keys, false);
  Values groups;
  for (size_t i = 0; i < items.size();) {
    const Value key = sort_key(path.get(items[i], otherwise), case_sensitive);
    Values members;
    const Value grouper = case_sensitive ? key : path.get(items[i], otherwise);
    while (i < items.size() && equal(sort_key(path.get(items[i], otherwise), case_sensitive), key))
      members.push_back(items[i++]);
    Value group = Value::tuple({grouper, Value::list(std::move(members))});
    group.as<Sequence>().names = {"grouper", "list"};
    groups.push_back(std::move(group));
  }
  return Value::list(std::move(groups));
}

Value batch(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("batch", a, {"linecount", "fill_with"}, 1);
  const Value fill = either(b[1], Value::none());
  const Value count = b[0];
  Values held = {s, fill, count, Value::missing()};
  return make_generator(std::move(held), [](Values& h, Value& out) {
    if (h[3].is_missing()) h[3] = as_value(iterate(h[0]));
    Iterator& it = h[3].as<Iterator>();
    Values line;
    Value item;
    while (!(h[2].is_number() && static_cast<double>(line.size()) == h[2].as_real() && !line.empty()) &&
           it.next(item)) {
      spend(1);
      line.push_back(item);
    }
    if (line.empty()) return false;
    if (!h[1].is_none()) {
      const int64_t wanted = int_or(h[2], 0);
      if (wanted > budget.range_limit) out_of_memory();
      while (static_cast<int64_t>(line.size()) < wanted) line.push_back(h[1]);
    }
    out = Value::list(std::move(line));
    return true;
  });
}

Value slice_filter(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("slice", a, {"slices", "fill_with"}, 1);
  Values held = {s, either(b[1], Value::none()), b[0], Value::missing(), Value::integer(0)};
  return make_generator(std::move(held), [](Values& h, Value& out) {
    if (h[3].is_missing()) h[3] = Value::list(to_values(h[0]));
    const Values& items = h[3].items();
    const int64_t slices = int_or(h[2], 0), size = static_cast<int64_t>(items.size()), number = h[4].as_int();
    if (slices == 0) raise("ZeroDivisionError", "integer division or modulo by zero");
    if (number >= slices) return false;
    const int64_t each = size / slices, extra = size % slices;
    const int64_t start = std::min(number, extra) + number * each;
    const int64_t end = std::min(number + 1, extra) + (number + 1) * each;
    Values part(items.begin() + start, items.begin() + end);
    if (!h[1].is_none() && number >= extra) part.push_back(h[1]);
    h[4] = Value::integer(number + 1);
    out = Value::list(std::move(part));
    return true;
  });
}

Value items(Interpreter&, const Value& s, Arguments& a) {
  bind("items", a, {});
  return make_generator({s, Value::missing()}, [](Values& h, Value& out) {
    if (h[0].is_undefined()) return false;
    if (!h[0].is(Kind::dict)) raise_type("Can only get item pairs from a mapping.");
    if (h[1].is_missing()) {
      auto view = std::make_shared<View>();
      view->dict = h[0].object();
      view->what = ViewKind::items;
      h[1] = as_value(iterate(Value::object(Kind::view, std::move(view))));
    }
    return h[1].as<Iterator>().next(out);
  });
}

Value unique(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("unique", a, {"case_sensitive", "attribute"});
  const AttributePath path(either(b[1], Value::none()));
  const bool case_sensitive = bool_or(b[0], false);
  Values held = {s, Value::missing(), Value::dict(std::make_shared<Dict>())};
  return make_generator(std::move(held), [path, case_sensitive](Values& h, Value& out) {
    if (h[1].is_missing()) h[1] = as_value(iterate(h[0]));
    Dict& seen = h[2].as<Dict>();
    while (h[1].as<Iterator>().next(out)) {
      spend(1);
      const Value key = sort_key(path.get(out), case_sensitive);
      if (seen.find(key) != nullptr) continue;
      seen.set(key, Value::none());
      return true;
    }
    return false;
  });
}

Value random(Interpreter&, const Value&, Arguments&) {
  raise("FilterArgumentError", "the filter 'random' is not available: the same conversation must give the same prompt");
}

constexpr FilterRow kRows[] = {
    {"length", length}, {"count", length},
    {"first", first},   {"last", last},
    {"list", list},     {"reverse", reverse},
    {"sort", sort},     {"dictsort", dictsort},
    {"min", min},       {"max", max},
    {"sum", sum},       {"groupby", group_by},
    {"batch", batch},   {"slice", slice_filter},
    {"items", items},   {"unique", unique},
    {"random", random},
};

}  // namespace

std::span<const FilterRow> sequence_filters() { return kRows; }

}  // namespace vitrine::jinja
