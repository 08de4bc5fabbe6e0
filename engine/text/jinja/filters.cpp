// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/filters.h"

#include <map>

#include "engine/text/jinja/methods.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/string_literal.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

Filter find_filter(std::string_view name) {
  static const auto kFilters = [] {
    std::map<std::string_view, Filter> all;
    for (const auto rows : {text_filters(), html_filters(), number_filters(), sequence_filters(), selection_filters()})
      for (const FilterRow& row : rows) all.emplace(row.name, row.filter);
    return all;
  }();
  const auto found = kFilters.find(name);
  return found == kFilters.end() ? nullptr : found->second;
}

Value soft_text(const Value& value) { return value.is_string() ? value : Value::text(to_string(value)); }

AttributePath::AttributePath(const Value& attribute) {
  if (attribute.is_none() || attribute.is_missing()) return;
  if (!attribute.is_string()) {
    parts_.push_back(attribute);
    return;
  }
  const std::string& path = attribute.str();
  for (size_t at = 0;;) {
    const size_t dot = path.find('.', at);
    std::string part = path.substr(at, dot - at);
    const bool digits = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
    parts_.push_back(digits ? Value::integer(parse_int(part).value_or(0)) : Value::text(std::move(part)));
    if (dot == std::string::npos) return;
    at = dot + 1;
  }
}

Value AttributePath::get(Value item, const Value& otherwise) const {
  for (const Value& part : parts_) {
    spend(1);
    item = get_item(item, part);
    if (item.is_undefined() && !otherwise.is_none()) item = otherwise;
  }
  return item;
}

Value sort_key(const Value& value, bool case_sensitive) {
  return case_sensitive || !value.is_string() ? value : Value::text(to_lower(value.str()));
}

}  // namespace vitrine::jinja
