// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/repr.h"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "engine/text/jinja/loop.h"
#include "engine/text/jinja/macro.h"
#include "engine/text/jinja/objects.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

static thread_local constinit int repr_depth = 0;

std::string repr_of_real(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  std::string out;
  if (text[0] == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const size_t e = text.find('e');
  int exponent = 0;
  std::string_view power = text.substr(e + 1);
  if (power[0] == '+') power.remove_prefix(1);
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  std::string digits(text.substr(0, 1));
  if (e > 2) digits += text.substr(2, e - 2);
  const int count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    out += digits[0];
    if (count > 1) out += "." + digits.substr(1);
    char tail[16];
    std::snprintf(tail, sizeof tail, "e%c%02d", exponent < 0 ? '-' : '+', std::abs(exponent));
    return out + tail;
  }
  if (exponent < 0) return out + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  if (count <= exponent + 1) return out + digits + std::string(static_cast<size_t>(exponent + 1 - count), '0') + ".0";
  return out + digits.substr(0, static_cast<size_t>(exponent + 1)) + "." +
         digits.substr(static_cast<size_t>(exponent + 1));
}

static void append_escape(std::string& out, char32_t c) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer,
                c < 0x100     ? "\\x%02x"
                : c < 0x10000 ? "\\u%04x"
                              : "\\U%08x",
                static_cast<unsigned>(c));
  out += buffer;
}

std::string ascii_repr(const Value& value) {
  const std::string text = repr(value);
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (c < 0x80)
      out += static_cast<char>(c);
    else
      append_escape(out, c);
  }
  return out;
}

std::string repr_of_text(std::string_view text) {
  const bool single = text.find('\'') != std::string_view::npos;
  const char quote = single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const char32_t c = next_code_point(text, at);
    if (c == static_cast<char32_t>(quote) || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_printable(c)) {
      out += text.substr(start, at - start);
    } else {
      append_escape(out, c);
    }
  }
  return out += quote;
}

static void append_items(std::string& out, const Values& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    append_repr(out, items[i]);
  }
}

static void append_dict(std::string& out, const Dict& dict) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : dict.entries()) {
    if (!first) out += ", ";
    first = false;
    append_repr(out, key);
    out += ": ";
    append_repr(out, value);
  }
  out += '}';
}

static void append_view(std::string& out, const Value& value) {
  const View& view = value.as<View>();
  Values items;
  for (const auto& [key, entry] : view.entries().entries())
    items.push_back(view.what == ViewKind::keys     ? key
                    : view.what == ViewKind::values ? entry
                                                    : Value::tuple({key, entry}));
  out += type_name(value) + "([";
  append_items(out, items);
  out += "])";
}

static void append_object(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Kind::view:
      return append_view(out, value);
    case Kind::range: {
      const Range& r = value.as<Range>();
      out += "range(" + std::to_string(r.start) + ", " + std::to_string(r.stop);
      if (r.step != 1) out += ", " + std::to_string(r.step);
      out += ')';
      return;
    }
    case Kind::name_space:
      out += "<Namespace ";
      append_dict(out, *value.as<NameSpace>().attributes);
      out += '>';
      return;
    case Kind::macro: {
      const Macro& macro = value.as<Macro>();
      out += macro.name.empty() ? "<Macro anonymous>" : "<Macro " + repr_of_text(macro.name) + ">";
      return;
    }
    case Kind::loop: {
      Loop& loop = value.as<Loop>();
      const int64_t length = loop.length();
      out += "<LoopContext " + std::to_string(loop.index0 + 1) + "/" + std::to_string(length) + ">";
      return;
    }
    case Kind::function:
      out += "<" + value.as<Function>().name + ">";
      return;
    default:
      out += "<" + type_name(value) + " object>";
      return;
  }
}

void append_repr(std::string& out, const Value& value) {
  const Depth depth(repr_depth);
  spend(1);
  if (static_cast<int64_t>(out.size()) > budget.output_limit) out_of_memory();
  switch (value.kind()) {
    case Kind::missing:
    case Kind::undefined:
      out += "Undefined";
      return;
    case Kind::none:
      out += "None";
      return;
    case Kind::boolean:
      out += value.as_bool() ? "True" : "False";
      return;
    case Kind::integer:
      out += std::to_string(value.as_int());
      return;
    case Kind::real:
      out += repr_of_real(value.as_real());
      return;
    case Kind::string:
      spend_bytes(value.str().size());
      out += value.is_markup() ? "Markup(" + repr_of_text(value.str()) + ")" : repr_of_text(value.str());
      return;
    case Kind::list:
      out += '[';
      append_items(out, value.items());
      out += ']';
      return;
    case Kind::tuple:
      out += '(';
      append_items(out, value.items());
      out += value.items().size() == 1 ? ",)" : ")";
      return;
    case Kind::dict:
      append_dict(out, value.entries());
      return;
    default:
      append_object(out, value);
  }
}

std::string repr(const Value& value) {
  std::string out;
  append_repr(out, value);
  return out;
}

std::string to_string(const Value& value) {
  if (value.is_string()) return value.str();
  if (value.is_undefined() || value.is_missing()) return {};
  return repr(value);
}

}  // namespace vitrine::jinja
