// SPDX-License-Identifier: Apache-2.0
// Methods of str: case, search, padding, replacement and checks. Splitting is in string_split.cpp.
#include <algorithm>
#include <map>

#include "engine/text/jinja/arguments.h"
#include "engine/text/jinja/format_spec.h"
#include "engine/text/jinja/html.h"
#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/methods.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/string_split.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {

/// Text of the same class as `self`.
Value like(const Value& self, std::string text) {
  return self.is_markup() ? Value::markup(std::move(text)) : Value::text(std::move(text));
}

template <std::string (*change)(std::string_view)>
Value changed(Interpreter&, const Value& self, Arguments& arguments) {
  bind("str method", arguments, {});
  return like(self, change(self.str()));
}

template <bool (*check)(char32_t)>
Value all_are(Interpreter&, const Value& self, Arguments& arguments) {
  bind("str method", arguments, {});
  const std::string& text = self.str();
  for (size_t at = 0; at < text.size();)
    if (!check(next_code_point(text, at))) return Value::boolean(false);
  return Value::boolean(!text.empty());
}

bool is_alnum(char32_t c) { return is_alpha(c) || is_decimal(c) || is_digit(c) || is_numeric(c); }

Value all_printable(Interpreter&, const Value& self, Arguments& arguments) {
  bind("isprintable", arguments, {});
  for (size_t at = 0; at < self.str().size();)
    if (!is_printable(next_code_point(self.str(), at))) return Value::boolean(false);
  return Value::boolean(true);
}

Value all_ascii(Interpreter&, const Value& self, Arguments&) {
  return Value::boolean(self.length() == static_cast<int64_t>(self.str().size()));
}

/// islower and isupper: a cased character, and none of the other case.
template <bool upper>
Value has_case(Interpreter&, const Value& self, Arguments&) {
  bool cased = false;
  for (size_t at = 0; at < self.str().size();) {
    const char32_t c = next_code_point(self.str(), at);
    if (upper ? is_lower(c) : is_upper(c)) return Value::boolean(false);
    if (is_title(c)) return Value::boolean(false);
    cased = cased || (upper ? is_upper(c) : is_lower(c));
  }
  return Value::boolean(cased);
}

Value is_titled(Interpreter&, const Value& self, Arguments&) {
  bool cased = false, after_cased = false;
  for (size_t at = 0; at < self.str().size();) {
    const char32_t c = next_code_point(self.str(), at);
    if (is_upper(c) || is_title(c)) {
      if (after_cased) return Value::boolean(false);
      after_cased = cased = true;
    } else if (is_lower(c)) {
      if (!after_cased) return Value::boolean(false);
      cased = true;
    } else {
      after_cased = false;
    }
  }
  return Value::boolean(cased);
}

Value identifier(Interpreter&, const Value& self, Arguments&) { return Value::boolean(is_identifier(self.str())); }

template <bool left, bool right>
Value stripped(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind(left && right ? "strip" : left ? "lstrip" : "rstrip", arguments, {""});
  if (a[0].is_missing() || a[0].is_none()) {
    std::string_view text = self.str();
    if (left) text = trim_left(text);
    if (right) text = trim_right(text);
    return like(self, std::string(text));
  }
  return like(self, strip_characters(self.str(), want_text(a[0], "strip"), left, right));
}

/// The part of the text that [start, end) selects, as byte offsets.
struct Window {
  size_t from = 0, to = 0;
  bool valid = true;
  int64_t start = 0;
};

Window window(const Value& self, const Value& start, const Value& end) {
  const int64_t length = self.length();
  const auto clip = [&](const Value& v, int64_t otherwise) {
    if (v.is_missing() || v.is_none()) return otherwise;
    const int64_t x = int_or(v, 0);
    return x < 0 ? std::max<int64_t>(x + length, 0) : x;
  };
  Window w;
  w.start = clip(start, 0);
  const int64_t stop = std::min(clip(end, length), length);
  if (w.start > stop) {
    w.valid = false;
    return w;
  }
  w.from = byte_offset(self.str(), w.start);
  w.to = byte_offset(self.str(), stop);
  spend_bytes(w.to);
  return w;
}

template <bool from_end, bool must>
Value find_in(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind(from_end ? "rfind" : "find", arguments, {"", "", ""}, 1);
  const std::string& needle = want_text(a[0], from_end ? "rfind" : "find");
  const Window w = window(self, a[1], a[2]);
  const std::string_view text =
      w.valid ? std::string_view(self.str()).substr(w.from, w.to - w.from) : std::string_view();
  size_t hit = std::string_view::npos;
  if (w.valid && from_end) {
    spend(static_cast<int64_t>(text.size() / 64 * (needle.size() / 64 + 1)));
    hit = text.rfind(needle);
  } else if (w.valid) {
    hit = find_bytes(text, needle);
  }
  if (hit == std::string_view::npos) {
    if (must) raise_value("substring not found");
    return Value::integer(-1);
  }
  return Value::integer(w.start + count_code_points(text.substr(0, hit)));
}

Value count_in(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind("count", arguments, {"", "", ""}, 1);
  const std::string& needle = want_text(a[0], "count");
  const Window w = window(self, a[1], a[2]);
  if (!w.valid) return Value::integer(0);
  const std::string_view text = std::string_view(self.str()).substr(w.from, w.to - w.from);
  if (needle.empty()) return Value::integer(count_code_points(text) + 1);
  int64_t count = 0;
  for (size_t at = find_bytes(text, needle); at != std::string_view::npos;
       at = find_bytes(text, needle, at + needle.size()))
    ++count;
  return Value::integer(count);
}

template <bool at_end>
Value affix(Interpreter&, const Value& self, Arguments& arguments) {
  const char* name = at_end ? "endswith" : "startswith";
  const Values a = bind(name, arguments, {"", "", ""}, 1);
  const Window w = window(self, a[1], a[2]);
  const std::string_view text =
      w.valid ? std::string_view(self.str()).substr(w.from, w.to - w.from) : std::string_view();
  const auto matches = [&](const Value& part) {
    if (!part.is_string())
      raise_type(std::string(name) + " first arg must be str or a tuple of str, not " + type_name(part));
    return w.valid && (at_end ? text.ends_with(part.str()) : text.starts_with(part.str()));
  };
  if (!a[0].is(Kind::tuple)) return Value::boolean(matches(a[0]));
  for (const Value& part : a[0].items())
    if (matches(part)) return Value::boolean(true);
  return Value::boolean(false);
}

Value remove_prefix(Interpreter&, const Value& self, Arguments& arguments) {
  const std::string& part = want_text(bind("removeprefix", arguments, {""}, 1)[0], "removeprefix");
  return like(self, self.str().starts_with(part) ? self.str().substr(part.size()) : self.str());
}
Value remove_suffix(Interpreter&, const Value& self, Arguments& arguments) {
  const std::string& part = want_text(bind("removesuffix", arguments, {""}, 1)[0], "removesuffix");
  const bool there = !part.empty() && self.str().ends_with(part);
  return like(self, there ? self.str().substr(0, self.str().size() - part.size()) : self.str());
}

Value replaced(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind("replace", arguments, {"", "", "count"}, 2);
  const std::string from = self.is_markup() ? escaped(a[0]) : want_text(a[0], "replace");
  const std::string to = self.is_markup() ? escaped(a[1]) : want_text(a[1], "replace");
  return like(self, replace_all(self.str(), from, to, int_or(a[2], -1)));
}

template <char align>
Value justified(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind("ljust", arguments, {"", ""}, 1);
  char32_t fill = ' ';
  if (!a[1].is_missing()) {
    if (!a[1].is_string() || a[1].length() != 1) raise_type("The fill character must be exactly one character long");
    size_t at = 0;
    fill = next_code_point(a[1].str(), at);
  }
  return like(self, pad(self.str(), int_or(a[0], 0), fill, align));
}

Value centered(Interpreter& interpreter, const Value& self, Arguments& arguments) {
  // CPython puts the odd blank to the left when the width is odd.
  const Values a = bind("center", arguments, {"", ""}, 1);
  const int64_t width = int_or(a[0], 0), gap = width - self.length();
  if (gap <= 0) return self;
  Arguments left;
  left.positional = {Value::integer(self.length() + gap / 2 + (gap & width & 1))};
  Arguments right;
  right.positional = {a[0]};
  if (!a[1].is_missing()) {
    left.positional.push_back(a[1]);
    right.positional.push_back(a[1]);
  }
  return justified<'<'>(interpreter, justified<'>'>(interpreter, self, left), right);
}

Value zero_filled(Interpreter&, const Value& self, Arguments& arguments) {
  const int64_t width = int_or(bind("zfill", arguments, {""}, 1)[0], 0);
  const int64_t gap = width - self.length();
  if (gap <= 0) return self;
  if (gap > budget.output_limit) out_of_memory();
  const std::string& text = self.str();
  const size_t head = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  return like(self, text.substr(0, head) + std::string(static_cast<size_t>(gap), '0') + text.substr(head));
}

Value joined(Interpreter&, const Value& self, Arguments& arguments) {
  const Values parts = to_values(bind("join", arguments, {""}, 1)[0]);
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].is_string() && !self.is_markup())
      raise_type("sequence item " + std::to_string(i) + ": expected str instance, " + type_name(parts[i]) + " found");
    if (i > 0) out += self.str();
    out += self.is_markup() ? escaped(parts[i]) : parts[i].str();
    if (static_cast<int64_t>(out.size()) > budget.output_limit) out_of_memory();
  }
  return like(self, std::move(out));
}

Value tabs_expanded(Interpreter&, const Value& self, Arguments& arguments) {
  const int64_t size = int_or(bind("expandtabs", arguments, {"tabsize"})[0], 8);
  std::string out;
  int64_t column = 0;
  for (const char c : self.str()) {
    if (c == '\t') {
      const int64_t gap = size > 0 ? size - column % size : 0;
      if (gap + static_cast<int64_t>(out.size()) > budget.output_limit) out_of_memory();
      out.append(static_cast<size_t>(gap), ' ');
      column += gap;
      continue;
    }
    out += c;
    if (c == '\n' || c == '\r')
      column = 0;
    else
      column += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }
  return like(self, std::move(out));
}

template <int which>
Value not_supported(Interpreter&, const Value&, Arguments&) {
  raise_type(which == 0 ? "str.encode is not available: templates work on text"
                        : "str.translate and str.maketrans are not available");
}

Value format_map(Interpreter& interpreter, const Value& self, Arguments& arguments) {
  const Values a = bind("format_map", arguments, {""}, 1);
  Arguments named;
  if (!a[0].is(Kind::dict)) raise_type("format_map() argument must be a mapping");
  for (const auto& [key, value] : a[0].entries().entries())
    if (key.is_string()) named.named.emplace_back(key.str(), value);
  return brace_format(interpreter, self, named);
}

}  // namespace

Method find_string_method(const std::string& name) {
  static const std::map<std::string, Method, std::less<>> kMethods = {{"capitalize", changed<to_capitalized>},
                                                                      {"casefold", changed<to_folded>},
                                                                      {"center", centered},
                                                                      {"count", count_in},
                                                                      {"encode", not_supported<0>},
                                                                      {"endswith", affix<true>},
                                                                      {"expandtabs", tabs_expanded},
                                                                      {"find", find_in<false, false>},
                                                                      {"format", brace_format},
                                                                      {"format_map", format_map},
                                                                      {"index", find_in<false, true>},
                                                                      {"isalnum", all_are<is_alnum>},
                                                                      {"isalpha", all_are<is_alpha>},
                                                                      {"isascii", all_ascii},
                                                                      {"isdecimal", all_are<is_decimal>},
                                                                      {"isdigit", all_are<is_digit>},
                                                                      {"isidentifier", identifier},
                                                                      {"islower", has_case<false>},
                                                                      {"isnumeric", all_are<is_numeric>},
                                                                      {"isprintable", all_printable},
                                                                      {"isspace", all_are<is_space>},
                                                                      {"istitle", is_titled},
                                                                      {"isupper", has_case<true>},
                                                                      {"join", joined},
                                                                      {"ljust", justified<'<'>},
                                                                      {"lower", changed<to_lower>},
                                                                      {"lstrip", stripped<true, false>},
                                                                      {"maketrans", not_supported<1>},
                                                                      {"partition", string_partition},
                                                                      {"removeprefix", remove_prefix},
                                                                      {"removesuffix", remove_suffix},
                                                                      {"replace", replaced},
                                                                      {"rfind", find_in<true, false>},
                                                                      {"rindex", find_in<true, true>},
                                                                      {"rjust", justified<'>'>},
                                                                      {"rpartition", string_rpartition},
                                                                      {"rsplit", string_rsplit},
                                                                      {"rstrip", stripped<false, true>},
                                                                      {"split", string_split},
                                                                      {"splitlines", string_splitlines},
                                                                      {"startswith", affix<false>},
                                                                      {"strip", stripped<true, true>},
                                                                      {"swapcase", changed<to_swapped>},
                                                                      {"title", changed<to_title>},
                                                                      {"translate", not_supported<1>},
                                                                      {"upper", changed<to_upper>},
                                                                      {"zfill", zero_filled}};
  const auto found = kMethods.find(name);
  return found == kMethods.end() ? nullptr : found->second;
}

}  // namespace vitrine::jinja
