// SPDX-License-Identifier: Apache-2.0
// Filters on text.
#include <algorithm>

#include "engine/text/jinja/arguments.h"
#include "engine/text/jinja/filters.h"
#include "engine/text/jinja/html.h"
#include "engine/text/jinja/interpreter.h"
#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/methods.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/percent_format.h"
#include "engine/text/jinja/pprint.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/text_wrap.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {

/// Calls a method of str on the subject as text.
Value string_method(Interpreter& interpreter, const Value& subject, const char* name, Values positional) {
  Arguments arguments;
  arguments.positional = std::move(positional);
  return find_string_method(name)(interpreter, soft_text(subject), arguments);
}

Value upper(Interpreter& i, const Value& s, Arguments& a) {
  bind("upper", a, {});
  return string_method(i, s, "upper", {});
}
Value lower(Interpreter& i, const Value& s, Arguments& a) {
  bind("lower", a, {});
  return string_method(i, s, "lower", {});
}
Value capitalize(Interpreter& i, const Value& s, Arguments& a) {
  bind("capitalize", a, {});
  return string_method(i, s, "capitalize", {});
}
Value trim_filter(Interpreter& i, const Value& s, Arguments& a) {
  const Values b = bind("trim", a, {"chars"});
  return string_method(i, s, "strip", {either(b[0], Value::none())});
}
Value center(Interpreter& i, const Value& s, Arguments& a) {
  const Values b = bind("center", a, {"width"});
  return string_method(i, s, "center", {Value::integer(int_or(b[0], 80))});
}
Value string(Interpreter&, const Value& s, Arguments& a) {
  bind("string", a, {});
  return soft_text(s);
}

/// Words begin after white space and any of -({[<.
Value title(Interpreter&, const Value& subject, Arguments& a) {
  bind("title", a, {});
  const std::string text = to_string(subject);
  std::string out;
  size_t word = 0;
  const auto flush = [&](size_t end) {
    if (end <= word) return;
    size_t rest = word;
    append_cased(out, next_code_point(text, rest), Case::upper);
    out += to_lower(std::string_view(text).substr(rest, end - rest));
  };
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const char32_t c = next_code_point(text, at);
    if (!is_space(c) && std::u32string_view(U"-({[<").find(c) == std::u32string_view::npos) continue;
    flush(start);
    out += text.substr(start, at - start);
    word = at;
  }
  flush(text.size());
  return Value::text(std::move(out));
}

Value replace(Interpreter& interpreter, const Value& s, Arguments& a) {
  const Values b = bind("replace", a, {"old", "new", "count"}, 2);
  const int64_t count = b[2].is_none() ? -1 : int_or(b[2], -1);
  if (interpreter.autoescape()) {
    const Value subject =
        s.is_markup() || !(b[0].is_markup() || b[1].is_markup()) ? soft_text(s) : Value::markup(escaped(s));
    return string_method(interpreter, subject, "replace", {soft_text(b[0]), soft_text(b[1]), Value::integer(count)});
  }
  return Value::text(replace_all(to_string(s), to_string(b[0]), to_string(b[1]), count));
}

Value indent(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("indent", a, {"width", "first", "blank"});
  require_defined(s);
  if (!s.is_string()) arithmetic(Arithmetic::add, s, Value::text("\n"));
  const std::string by = !b[0].is_missing() && b[0].is_string()
                             ? b[0].str()
                             : std::string(static_cast<size_t>(std::clamp<int64_t>(int_or(b[0], 4), 0, 1 << 20)), ' ');
  const bool first = bool_or(b[1], false), blank = bool_or(b[2], false);
  const std::string text = s.str() + "\n";
  const std::vector<std::string_view> lines = split_lines(text);
  std::string out;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    if (i == 0 ? first : blank || !lines[i].empty()) out += by;
    out += lines[i];
    if (static_cast<int64_t>(out.size()) > budget.output_limit) out_of_memory();
  }
  return s.is_markup() ? Value::markup(std::move(out)) : Value::text(std::move(out));
}

Value truncate(Interpreter& interpreter, const Value& s, Arguments& a) {
  const Values b = bind("truncate", a, {"length", "killwords", "end", "leeway"});
  const Value end = either(b[2], Value::text("..."));
  const int64_t length = int_or(b[0], 255);
  const int64_t leeway = b[3].is_missing() || b[3].is_none() ? 5 : int_or(b[3], 5);
  const std::optional<int64_t> size = length_of(s), end_size = length_of(end);
  if (!end_size || !size) raise_type("object of type '" + type_name(size ? end : s) + "' has no len()");
  if (length < *end_size)
    raise("AssertionError", "expected length >= " + std::to_string(*end_size) + ", got " + std::to_string(length));
  if (leeway < 0) raise("AssertionError", "expected leeway >= 0, got " + std::to_string(leeway));
  if (*size <= length + leeway) return s;
  Value head = slice(s, Value::none(), Value::integer(length - *end_size), Value::none());
  if (!bool_or(b[1], false)) {
    if (!head.is_string()) raise("AttributeError", "'" + type_name(head) + "' object has no attribute 'rsplit'");
    head = string_method(interpreter, head, "rsplit", {Value::text(" "), Value::integer(1)}).items()[0];
  }
  return arithmetic(Arithmetic::add, head, end);
}

Value word_wrap(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("wordwrap", a, {"width", "break_long_words", "wrapstring", "break_on_hyphens"});
  require_defined(s);
  if (!s.is_string()) raise("AttributeError", "'" + type_name(s) + "' object has no attribute 'splitlines'");
  const std::string between = b[2].is_missing() || b[2].is_none() ? "\n" : want_text(b[2], "wordwrap");
  std::string out;
  bool first = true;
  for (const std::string_view line : split_lines(s.str())) {
    if (!first) out += between;
    first = false;
    const auto wrapped = wrap_text(line, int_or(b[0], 79), bool_or(b[1], true), bool_or(b[3], true));
    for (size_t i = 0; i < wrapped.size(); ++i) out += (i > 0 ? between : std::string()) + wrapped[i];
    if (static_cast<int64_t>(out.size()) > budget.output_limit) out_of_memory();
  }
  return Value::text(std::move(out));
}

Value word_count(Interpreter&, const Value& s, Arguments& a) {
  bind("wordcount", a, {});
  const std::string text = to_string(s);
  int64_t count = 0;
  bool inside = false;
  for (size_t at = 0; at < text.size();) {
    const bool word = is_word(next_code_point(text, at));
    count += word && !inside;
    inside = word;
  }
  return Value::integer(count);
}

Value format(Interpreter&, const Value& s, Arguments& a) {
  if (!a.positional.empty() && !a.named.empty())
    raise("FilterArgumentError", "can't handle positional and keyword arguments at the same time");
  if (a.named.empty()) return percent_format(soft_text(s), Value::tuple(a.positional));
  auto named = std::make_shared<Dict>();
  for (const auto& [key, value] : a.named) named->set(key, value);
  return percent_format(soft_text(s), Value::dict(std::move(named)));
}

Value pprint(Interpreter&, const Value& s, Arguments& a) {
  bind("pprint", a, {});
  return Value::text(pretty_repr(s));
}

Value join(Interpreter& interpreter, const Value& s, Arguments& a) {
  const Values b = bind("join", a, {"d", "attribute"});
  Values items = to_values(s);
  if (!b[1].is_missing() && !b[1].is_none()) {
    const AttributePath path(b[1]);
    for (Value& item : items) item = path.get(item);
  }
  const Value separator = either(b[0], Value::text(""));
  bool markup = interpreter.autoescape() && separator.is_markup();
  if (interpreter.autoescape())
    for (const Value& item : items) markup = markup || item.is_markup();
  const std::string between = markup ? escaped(separator) : to_string(separator);
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += between;
    out += markup ? escaped(items[i]) : to_string(items[i]);
    if (static_cast<int64_t>(out.size()) > budget.output_limit) out_of_memory();
  }
  return markup ? Value::markup(std::move(out)) : Value::text(std::move(out));
}

constexpr FilterRow kRows[] = {
    {"upper", upper},       {"lower", lower},        {"capitalize", capitalize},
    {"trim", trim_filter},  {"center", center},      {"string", string},
    {"title", title},       {"replace", replace},    {"indent", indent},
    {"truncate", truncate}, {"wordwrap", word_wrap}, {"wordcount", word_count},
    {"format", format},     {"pprint", pprint},      {"join", join},
};

}  // namespace

std::span<const FilterRow> text_filters() { return kRows; }

}  // namespace vitrine::jinja
