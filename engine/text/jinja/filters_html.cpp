// SPDX-License-Identifier: Apache-2.0
// Filters that make or undo HTML and URLs.
#include <cctype>

#include "engine/text/jinja/arguments.h"
#include "engine/text/jinja/filters.h"
#include "engine/text/jinja/html.h"
#include "engine/text/jinja/interpreter.h"
#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/repr.h"

namespace vitrine::jinja {

namespace {

Value escape(Interpreter&, const Value& s, Arguments& a) {
  bind("escape", a, {});
  return Value::markup(escaped(s));
}
Value force_escape(Interpreter&, const Value& s, Arguments& a) {
  bind("forceescape", a, {});
  return Value::markup(escape_html(to_string(s)));
}
Value safe(Interpreter&, const Value& s, Arguments& a) {
  bind("safe", a, {});
  return Value::markup(to_string(s));
}
Value striptags(Interpreter&, const Value& s, Arguments& a) {
  bind("striptags", a, {});
  return Value::text(strip_tags(to_string(s)));
}

std::string quoted_url(const Value& value, bool query) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : to_string(value)) {
    const auto u = static_cast<unsigned char>(c);
    const bool plain =
        (u < 0x80 && std::isalnum(u) != 0) || c == '_' || c == '.' || c == '-' || c == '~' || (c == '/' && !query);
    if (plain) {
      out += c;
    } else if (c == ' ' && query) {
      out += '+';
    } else {
      out += '%';
      out += kHex[u >> 4];
      out += kHex[u & 15];
    }
  }
  return out;
}

Value urlencode(Interpreter&, const Value& s, Arguments& a) {
  bind("urlencode", a, {});
  const std::shared_ptr<Iterator> it = s.is_string() ? nullptr : iterate_or_null(s);
  if (it == nullptr) return Value::text(quoted_url(s, false));
  std::string out;
  const auto add = [&](const Value& key, const Value& value) {
    out += (out.empty() ? "" : "&") + quoted_url(key, true) + "=" + quoted_url(value, true);
  };
  if (s.is(Kind::dict)) {
    for (const auto& [key, value] : s.entries().entries()) add(key, value);
    return Value::text(std::move(out));
  }
  Value pair;
  while (it->next(pair)) {
    const Values parts = to_values(pair);
    if (parts.size() < 2)
      raise_value("not enough values to unpack (expected 2, got " + std::to_string(parts.size()) + ")");
    if (parts.size() > 2) raise_value("too many values to unpack (expected 2)");
    add(parts[0], parts[1]);
  }
  return Value::text(std::move(out));
}

Value xmlattr(Interpreter& interpreter, const Value& s, Arguments& a) {
  const bool space = bool_or(bind("xmlattr", a, {"autospace"})[0], true);
  require_defined(s);
  if (!s.is(Kind::dict)) raise("AttributeError", "'" + type_name(s) + "' object has no attribute 'items'");
  std::string out;
  for (const auto& [key, value] : s.entries().entries()) {
    if (value.is_none() || value.is_undefined()) continue;
    const std::string& name = want_text(key, "xmlattr");
    if (name.find_first_of(std::string_view(" \t\n\r\f\v/>=")) != std::string::npos)
      raise_value("Invalid character in attribute name: " + repr(key));
    out += (out.empty() ? "" : " ") + escaped(key) + "=\"" + escaped(value) + "\"";
  }
  if (space && !out.empty()) out = " " + out;
  return interpreter.autoescape() ? Value::markup(std::move(out)) : Value::text(std::move(out));
}

Value urlize(Interpreter&, const Value&, Arguments&) {
  raise("FilterArgumentError", "the filter 'urlize' is not available: a prompt holds no HTML links");
}

constexpr FilterRow kRows[] = {{"e", escape},        {"escape", escape},       {"forceescape", force_escape},
                               {"safe", safe},       {"striptags", striptags}, {"urlencode", urlencode},
                               {"xmlattr", xmlattr}, {"urlize", urlize}};

}  // namespace

std::span<const FilterRow> html_filters() { return kRows; }

}  // namespace vitrine::jinja
