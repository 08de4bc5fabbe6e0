// SPDX-License-Identifier: Apache-2.0
// The built-in filters of jinja2 3.1, with the tojson of the transformers library.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/text/jinja/objects.h"

namespace vitrine::jinja {

using Filter = Value (*)(Interpreter&, const Value& subject, Arguments&);
struct FilterRow {
  std::string_view name;
  Filter filter;
};
Filter find_filter(std::string_view name);  ///< nullptr when there is none

std::span<const FilterRow> text_filters();
std::span<const FilterRow> html_filters();
std::span<const FilterRow> number_filters();
std::span<const FilterRow> sequence_filters();
std::span<const FilterRow> selection_filters();

/// str(value), markup kept as markup.
Value soft_text(const Value& value);
/// Value of a dotted attribute path: "a.b.0"; parts of digits are indices.
class AttributePath {
 public:
  AttributePath() = default;
  explicit AttributePath(const Value& attribute);
  Value get(Value item, const Value& otherwise = Value::none()) const;

 private:
  Values parts_;
};
/// Lower-cases strings unless case matters.
Value sort_key(const Value& value, bool case_sensitive);

}  // namespace vitrine::jinja
