// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/string_literal.h"

#include <cctype>
#include <charconv>
#include <cmath>

#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

static bool digit_of(char c, int base, int& digit) {
  if (c >= '0' && c <= '9')
    digit = c - '0';
  else if (c >= 'a' && c <= 'z')
    digit = c - 'a' + 10;
  else if (c >= 'A' && c <= 'Z')
    digit = c - 'A' + 10;
  else
    return false;
  return digit < base;
}

/// End of a run of digits with single underscores between them.
static size_t digits_end(std::string_view source, size_t at, int base, bool leading_underscore = false) {
  int digit = 0;
  size_t end = at;
  if (leading_underscore && end + 1 < source.size() && source[end] == '_' && digit_of(source[end + 1], base, digit))
    ++end;
  while (end < source.size()) {
    if (digit_of(source[end], base, digit))
      ++end;
    else if (source[end] == '_' && end > at && end + 1 < source.size() && digit_of(source[end + 1], base, digit))
      end += 2;
    else
      break;
  }
  return end;
}

static std::string without_underscores(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '_') out += c;
  return out;
}

static double to_real(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {  // from_chars leaves the value alone: too large or too small
    const size_t e = text.find_first_of("eE");
    const bool tiny = e != std::string::npos && e + 1 < text.size() && text[e + 1] == '-';
    return tiny ? 0.0 : HUGE_VAL;
  }
  return value;
}

/// Length of a float literal at `at`, 0 when there is none.
static size_t real_length(std::string_view s, size_t at) {
  const size_t whole = digits_end(s, at, 10);
  size_t end = whole;
  if (end < s.size() && s[end] == '.' && end + 1 < s.size() &&
      std::isdigit(static_cast<unsigned char>(s[end + 1])) != 0)
    end = digits_end(s, end + 1, 10);
  if (end < s.size() && (s[end] == 'e' || s[end] == 'E')) {
    size_t power = end + 1;
    if (power < s.size() && (s[power] == '+' || s[power] == '-')) ++power;
    const size_t power_end = digits_end(s, power, 10);
    if (power_end > power) return power_end - at;
  }
  return end > whole ? end - at : 0;
}

NumberLiteral read_number(std::string_view source, size_t at, bool after_dot) {
  NumberLiteral literal;
  if (!after_dot) {
    if (const size_t length = real_length(source, at); length > 0) {
      literal.end = at + length;
      literal.value = Value::real(to_real(without_underscores(source.substr(at, length))));
      return literal;
    }
  }
  int base = 10;
  size_t start = at;
  if (source[at] == '0' && at + 1 < source.size()) {
    const char kind = static_cast<char>(source[at + 1] | 0x20);
    const int prefixed = kind == 'b' ? 2 : kind == 'o' ? 8 : kind == 'x' ? 16 : 10;
    if (prefixed != 10 && digits_end(source, at + 2, prefixed, true) > at + 2) {
      base = prefixed;
      start = at + 2;
    }
  }
  literal.end = digits_end(source, start, base, base != 10);
  if (base == 10 && source[at] == '0') {  // only zeros belong to a literal that begins with zero
    literal.end = at + 1;
    while (literal.end < source.size() && source[literal.end] == '0') ++literal.end;
  }
  const std::string digits = without_underscores(source.substr(start, literal.end - start));
  int64_t value = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value, base).ec != std::errc())
    literal.problem = "integer literal does not fit 64 bits";
  literal.value = Value::integer(value);
  return literal;
}

static bool read_hex(std::string_view body, size_t at, size_t count, char32_t& out) {
  if (at + count > body.size()) return false;
  uint32_t value = 0;
  const char* end = body.data() + at + count;
  const auto result = std::from_chars(body.data() + at, end, value, 16);
  out = value;
  return result.ec == std::errc() && result.ptr == end;
}

size_t unescape_literal(std::string_view body, std::string& out) {
  constexpr std::string_view kSimple = "\\'\"abfnrtv", kMeaning = "\\'\"\a\b\f\n\r\t\v";
  for (size_t at = 0; at < body.size();) {
    const size_t start = at;
    const char c = body[at++];
    if (c != '\\') {
      out += c;
      continue;
    }
    if (at >= body.size()) return start;
    const char e = body[at++];
    if (e == '\n') continue;
    if (const size_t simple = kSimple.find(e); simple != std::string_view::npos) {
      out += kMeaning[simple];
    } else if (e == 'x' || e == 'u' || e == 'U') {
      const size_t count = e == 'x' ? 2 : e == 'u' ? 4 : 8;
      char32_t point = 0;
      if (!read_hex(body, at, count, point) || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return start;
      append_code_point(out, point);
      at += count;
    } else if (e >= '0' && e <= '7') {
      char32_t point = static_cast<char32_t>(e - '0');
      for (int i = 0; i < 2 && at < body.size() && body[at] >= '0' && body[at] <= '7'; ++i)
        point = point * 8 + static_cast<char32_t>(body[at++] - '0');
      append_code_point(out, point);
    } else if (e == 'N') {
      return start;
    } else {
      out += '\\';
      at = start + 1;
    }
  }
  return std::string::npos;
}

std::optional<int64_t> parse_int(std::string_view text, int base) {
  text = trim(text);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  bool prefixed = false;
  if (text.size() > 2 && text[0] == '0') {
    const char kind = static_cast<char>(text[1] | 0x20);
    const int named = kind == 'b' ? 2 : kind == 'o' ? 8 : kind == 'x' ? 16 : 0;
    if (named != 0 && (base == named || base == 0)) {
      base = named;
      text.remove_prefix(2);
      prefixed = true;
    }
  }
  if (base == 0) {
    base = 10;
    if (text.size() > 1 && text[0] == '0' && text.find_first_not_of("0_") != std::string_view::npos)
      return std::nullopt;
  }
  if (text.empty() || digits_end(text, 0, base, prefixed) != text.size()) return std::nullopt;
  int64_t value = 0;
  const std::string digits = (negative ? "-" : "") + without_underscores(text);
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (result.ec == std::errc::result_out_of_range) raise("OverflowError", "integer does not fit 64 bits");
  return value;
}

std::optional<double> parse_real(std::string_view text) {
  text = trim(text);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  double value = 0;
  if (lower == "inf" || lower == "infinity") {
    value = HUGE_VAL;
  } else if (lower == "nan") {
    value = std::nan("");
  } else {
    if (lower.empty()) return std::nullopt;
    size_t end = digits_end(lower, 0, 10);
    const size_t whole = end;
    size_t fraction = 0;
    if (end < lower.size() && lower[end] == '.') {
      const size_t from = end + 1;
      end = digits_end(lower, from, 10);
      fraction = end - from;
    }
    if (whole == 0 && fraction == 0) return std::nullopt;
    if (end < lower.size() && lower[end] == 'e') {
      size_t power = end + 1;
      if (power < lower.size() && (lower[power] == '+' || lower[power] == '-')) ++power;
      const size_t power_end = digits_end(lower, power, 10);
      if (power_end == power) return std::nullopt;
      end = power_end;
    }
    if (end != lower.size()) return std::nullopt;
    value = to_real(without_underscores(lower));
  }
  return negative ? -value : value;
}

}  // namespace vitrine::jinja
