// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/html.h"

#include <cstdlib>
#include <iterator>

#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '"':
        out += "&#34;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escaped(const Value& value) { return value.is_markup() ? value.str() : escape_html(to_string(value)); }

static void remove_all(std::string& text, std::string_view open, std::string_view close) {
  for (;;) {
    const size_t start = find_bytes(text, open);
    if (start == std::string::npos) return;
    const size_t end = find_bytes(text, close, start);
    if (end == std::string::npos) return;
    text.erase(start, end + close.size() - start);
    spend_bytes(text.size());
    spend(1);
  }
}

std::string strip_tags(std::string_view text) {
  std::string rest(text);
  remove_all(rest, "<!--", "-->");
  remove_all(rest, "<", ">");
  std::string words;
  bool gap = false;
  for (size_t at = 0; at < rest.size();) {
    const size_t start = at;
    if (is_space(next_code_point(rest, at))) {
      gap = !words.empty();
      continue;
    }
    if (gap) words += ' ';
    gap = false;
    words.append(rest, start, at - start);
  }
  return unescape_html(words);
}

namespace {
struct Entity {
  std::string_view name;
  char32_t code_point;
};
// The names that HTML generators write; numeric references cover the rest.
constexpr Entity kEntities[] = {{"amp", '&'},       {"lt", '<'},       {"gt", '>'},       {"quot", '"'},
                                {"apos", '\''},     {"nbsp", 0xA0},    {"copy", 0xA9},    {"reg", 0xAE},
                                {"hellip", 0x2026}, {"ndash", 0x2013}, {"mdash", 0x2014}, {"lsquo", 0x2018},
                                {"rsquo", 0x2019},  {"ldquo", 0x201C}, {"rdquo", 0x201D}, {"bull", 0x2022},
                                {"laquo", 0xAB},    {"raquo", 0xBB},   {"times", 0xD7},   {"middot", 0xB7}};

/// The character that "&name;" stands for; 0 when there is none.
char32_t entity(std::string_view name) {
  if (name.size() > 1 && name[0] == '#') {
    const bool hex = name[1] == 'x' || name[1] == 'X';
    const std::string digits(name.substr(hex ? 2 : 1));
    char* end = nullptr;
    const unsigned long value = digits.size() > 8 ? 0 : std::strtoul(digits.c_str(), &end, hex ? 16 : 10);
    const bool valid = end != nullptr && *end == '\0' && value > 0 && value < 0x110000 && (value & 0x1FF800) != 0xD800;
    return valid ? static_cast<char32_t>(value) : 0;
  }
  for (const Entity& e : kEntities)
    if (e.name == name) return e.code_point;
  return 0;
}
}  // namespace

std::string unescape_html(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t amp = text.find('&', at);
    out += text.substr(at, amp - at);
    if (amp == std::string_view::npos) break;
    const size_t end = text.substr(0, std::min(text.size(), amp + 34)).find(';', amp);
    const char32_t c = end == std::string_view::npos ? 0 : entity(text.substr(amp + 1, end - amp - 1));
    if (c == 0) {
      out += '&';
      at = amp + 1;
    } else {
      append_code_point(out, c);
      at = end + 1;
    }
  }
  return out;
}

}  // namespace vitrine::jinja
