// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/string_split.h"

#include <algorithm>

#include "engine/text/jinja/arguments.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

static Value like(const Value& self, std::string_view text) {
  return self.is_markup() ? Value::markup(std::string(text)) : Value::text(std::string(text));
}

/// Words between white space, at most `limit` splits (< 0: all), counted from the left.
static Values split_words(const Value& self, int64_t limit) {
  Values out;
  std::string_view rest = trim_left(self.str());
  while (!rest.empty()) {
    if (limit >= 0 && static_cast<int64_t>(out.size()) == limit) {
      out.push_back(like(self, rest));
      break;
    }
    size_t end = 0;
    while (end < rest.size()) {
      size_t next = end;
      if (is_space(next_code_point(rest, next))) break;
      end = next;
    }
    out.push_back(like(self, rest.substr(0, end)));
    rest = trim_left(rest.substr(end));
  }
  return out;
}

static Values rsplit_words(const Value& self, int64_t limit) {
  Values out;
  std::string_view rest = trim_right(self.str());
  while (!rest.empty()) {
    if (limit >= 0 && static_cast<int64_t>(out.size()) == limit) {
      out.push_back(like(self, rest));
      break;
    }
    size_t start = rest.size();
    while (start > 0) {
      size_t before = start;
      if (is_space(previous_code_point(rest, before))) break;
      start = before;
    }
    out.push_back(like(self, rest.substr(start)));
    rest = trim_right(rest.substr(0, start));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

static const std::string& separator_of(const Value& value) {
  const std::string& separator = want_text(value, "split");
  if (separator.empty()) raise_value("empty separator");
  return separator;
}

Value string_split(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind("split", arguments, {"sep", "maxsplit"});
  const int64_t limit = int_or(a[1], -1);
  if (a[0].is_missing() || a[0].is_none()) return Value::list(split_words(self, limit));
  const std::string& separator = separator_of(a[0]);
  const std::string& text = self.str();
  Values out;
  size_t at = 0;
  while (limit < 0 || static_cast<int64_t>(out.size()) < limit) {
    const size_t hit = find_bytes(text, separator, at);
    if (hit == std::string::npos) break;
    out.push_back(like(self, std::string_view(text).substr(at, hit - at)));
    at = hit + separator.size();
  }
  out.push_back(like(self, std::string_view(text).substr(at)));
  return Value::list(std::move(out));
}

Value string_rsplit(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind("rsplit", arguments, {"sep", "maxsplit"});
  const int64_t limit = int_or(a[1], -1);
  if (a[0].is_missing() || a[0].is_none()) return Value::list(rsplit_words(self, limit));
  const std::string& separator = separator_of(a[0]);
  std::string_view rest = self.str();
  Values out;
  while (limit < 0 || static_cast<int64_t>(out.size()) < limit) {
    const size_t hit = rest.rfind(separator);
    spend_bytes(hit == std::string_view::npos ? rest.size() : rest.size() - hit);
    if (hit == std::string_view::npos) break;
    out.push_back(like(self, rest.substr(hit + separator.size())));
    rest = rest.substr(0, hit);
  }
  out.push_back(like(self, rest));
  std::reverse(out.begin(), out.end());
  return Value::list(std::move(out));
}

Value string_splitlines(Interpreter&, const Value& self, Arguments& arguments) {
  const bool keep = bool_or(bind("splitlines", arguments, {"keepends"})[0], false);
  Values out;
  for (const std::string_view line : split_lines(self.str(), keep)) out.push_back(like(self, line));
  return Value::list(std::move(out));
}

Value string_partition(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind("partition", arguments, {""}, 1);
  const std::string& separator = separator_of(a[0]);
  const std::string_view text = self.str();
  const size_t hit = find_bytes(text, separator);
  if (hit == std::string_view::npos) return Value::tuple({self, like(self, ""), like(self, "")});
  return Value::tuple(
      {like(self, text.substr(0, hit)), like(self, separator), like(self, text.substr(hit + separator.size()))});
}

Value string_rpartition(Interpreter&, const Value& self, Arguments& arguments) {
  const Values a = bind("rpartition", arguments, {""}, 1);
  const std::string& separator = separator_of(a[0]);
  const std::string_view text = self.str();
  const size_t hit = text.rfind(separator);
  if (hit == std::string_view::npos) return Value::tuple({like(self, ""), like(self, ""), self});
  return Value::tuple(
      {like(self, text.substr(0, hit)), like(self, separator), like(self, text.substr(hit + separator.size()))});
}

std::string strip_characters(std::string_view text, std::string_view characters, bool left, bool right) {
  const std::u32string set = decode_utf8(characters);
  const auto listed = [&](char32_t c) { return set.find(c) != std::u32string::npos; };
  spend_bytes(set.size() * 4);
  size_t from = 0, to = text.size();
  while (left && from < to) {
    size_t next = from;
    if (!listed(next_code_point(text, next))) break;
    from = next;
  }
  while (right && to > from) {
    size_t before = to;
    if (!listed(previous_code_point(text, before))) break;
    to = before;
  }
  return std::string(text.substr(from, to - from));
}

}  // namespace vitrine::jinja
