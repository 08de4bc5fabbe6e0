// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/format_spec.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

std::string format_real(double value, char type, int precision, bool alternate) {
  const bool capital = type == 'E' || type == 'F' || type == 'G';
  if (std::isnan(value)) return capital ? "NAN" : "nan";
  if (std::isinf(value)) return std::string(value < 0 ? "-" : "") + (capital ? "INF" : "inf");
  if (precision > 10'000) raise_value("precision too big");
  const char format[] = {
      '%', alternate ? '#' : '.', alternate ? '.' : '*', alternate ? '*' : type, alternate ? type : '\0', '\0'};
  const int size = std::snprintf(nullptr, 0, format, precision, value);
  std::string out(static_cast<size_t>(size) + 1, '\0');
  std::snprintf(out.data(), out.size(), format, precision, value);
  out.pop_back();
  return out;
}

std::string pad(std::string text, int64_t width, char32_t fill, char align) {
  const int64_t length = count_code_points(text);
  if (length >= width) return text;
  if (width > budget.output_limit) out_of_memory();
  const int64_t gap = width - length;
  const auto filling = [&](int64_t n) {
    std::string out;
    for (int64_t i = 0; i < n; ++i) append_code_point(out, fill);
    return out;
  };
  if (align == '<') return text + filling(gap);
  if (align == '^') return filling(gap / 2) + text + filling(gap - gap / 2);
  if (align == '=') {
    size_t head = !text.empty() && (text[0] == '-' || text[0] == '+' || text[0] == ' ') ? 1 : 0;
    if (text.size() > head + 1 && text[head] == '0' &&
        std::string_view("xXoObB").find(text[head + 1]) != std::string::npos)
      head += 2;
    return text.substr(0, head) + filling(gap) + text.substr(head);
  }
  return filling(gap) + text;
}

std::string integer_digits(int64_t value, char type, bool prefix) {
  const bool negative = value < 0;
  uint64_t left = negative ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  const unsigned base = type == 'b' ? 2 : type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
  std::string digits;
  do {
    const unsigned digit = static_cast<unsigned>(left % base);
    digits += static_cast<char>(digit < 10 ? '0' + digit : (type == 'X' ? 'A' : 'a') + digit - 10);
    left /= base;
  } while (left != 0);
  if (prefix && base != 10) {
    digits += type;
    digits += '0';
  }
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

namespace {
struct Spec {
  char32_t fill = ' ';
  char align = 0;
  char sign = '-';
  bool alternate = false, zero = false;
  int64_t width = 0;
  char grouping = 0;
  int precision = -1;
  char type = 0;
};

bool is_align(char32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

int64_t read_number(const std::u32string& text, size_t& at) {
  int64_t number = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    number = number * 10 + static_cast<int64_t>(text[at++] - '0');
    if (number > 1'000'000'000) raise_value("Too many decimal digits in format string");
  }
  return number;
}

Spec parse_spec(std::string_view text) {
  const std::u32string s = decode_utf8(text);
  Spec spec;
  size_t at = 0;
  const auto peek = [&]() -> char32_t { return at < s.size() ? s[at] : 0; };
  if (s.size() > 1 && is_align(s[1])) {
    spec.fill = s[0];
    spec.align = static_cast<char>(s[1]);
    at = 2;
  } else if (is_align(peek())) {
    spec.align = static_cast<char>(s[at++]);
  }
  if (peek() == '+' || peek() == '-' || peek() == ' ') spec.sign = static_cast<char>(s[at++]);
  if (peek() == 'z') ++at;
  if (peek() == '#') {
    spec.alternate = true;
    ++at;
  }
  if (peek() == '0') {
    spec.zero = true;
    if (spec.align == 0) {
      spec.fill = '0';
      spec.align = '=';
    }
    ++at;
  }
  spec.width = read_number(s, at);
  if (peek() == ',' || peek() == '_') spec.grouping = static_cast<char>(s[at++]);
  if (peek() == '.') {
    ++at;
    const size_t before = at;
    spec.precision = static_cast<int>(read_number(s, at));
    if (at == before) raise_value("Format specifier missing precision");
  }
  if (at < s.size()) spec.type = s[at] < 0x80 ? static_cast<char>(s[at++]) : '?';
  if (at < s.size()) raise_value("Invalid format specifier");
  return spec;
}

/// Inserts the separator every `every` digits of the integer part.
std::string grouped(const std::string& number, char separator, size_t every) {
  size_t begin = 0;
  while (begin < number.size() && !std::isxdigit(static_cast<unsigned char>(number[begin]))) ++begin;
  size_t end = begin;
  while (end < number.size() && std::isxdigit(static_cast<unsigned char>(number[end])) &&
         !(every == 3 && (number[end] == 'e' || number[end] == 'E')))
    ++end;
  std::string out = number.substr(0, begin);
  for (size_t i = begin; i < end; ++i) {
    if (i > begin && (end - i) % every == 0) out += separator;
    out += number[i];
  }
  return out + number.substr(end);
}

void add_sign(std::string& number, char sign) {
  if ((sign == '+' || sign == ' ') && !number.starts_with('-')) number.insert(0, 1, sign);
}

[[noreturn]] void unknown_code(char type, const Value& value) {
  raise_value(std::string("Unknown format code '") + type + "' for object of type '" + type_name(value) + "'");
}

std::string format_float(const Value& value, const Spec& spec) {
  const double d = value.as_real();
  std::string number;
  switch (spec.type) {
    case 0:
      if (spec.precision < 0) {
        number = repr_of_real(d);
      } else {
        number = format_real(d, 'g', std::max(spec.precision, 1), spec.alternate);
        const std::string fixed = format_real(d, 'e', std::max(spec.precision, 1) - 1, false);
        const size_t e = fixed.find('e');
        if (e != std::string::npos && std::stoi(fixed.substr(e + 1)) == std::max(spec.precision, 1) - 1)
          number = format_real(d, 'e', std::max(spec.precision, 1) - 1, spec.alternate);
        if (number.find('e') != std::string::npos && number.find('.') != std::string::npos) {
          const size_t at = number.find('e');
          size_t last = at;
          while (last > 0 && number[last - 1] == '0') --last;
          if (last > 0 && number[last - 1] == '.') --last;
          number = number.substr(0, last) + number.substr(at);
        }
        if (number.find_first_of(".en") == std::string::npos) number += ".0";
      }
      break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      number = format_real(d, spec.type, spec.precision < 0 ? 6 : spec.precision, spec.alternate);
      break;
    case 'n':
      number = format_real(d, 'g', spec.precision < 0 ? 6 : spec.precision, spec.alternate);
      break;
    case '%':
      number = format_real(d * 100, 'f', spec.precision < 0 ? 6 : spec.precision, spec.alternate) + "%";
      break;
    default:
      unknown_code(spec.type, value);
  }
  return number;
}

std::string format_number(const Value& value, const Spec& spec) {
  std::string number;
  size_t every = 3;
  if (value.is_int() && std::string_view("eEfFgG%").find(spec.type == 0 ? '?' : spec.type) == std::string::npos) {
    if (spec.precision >= 0) raise_value("Precision not allowed in integer format specifier");
    switch (spec.type) {
      case 0:
      case 'd':
      case 'n':
        number = std::to_string(value.as_int());
        break;
      case 'b':
      case 'o':
      case 'x':
      case 'X':
        number = integer_digits(value.as_int(), spec.type, spec.alternate);
        every = 4;
        break;
      case 'c':
        if (value.as_int() < 0 || value.as_int() > 0x10FFFF) raise("OverflowError", "%c arg not in range(0x110000)");
        append_code_point(number, static_cast<char32_t>(value.as_int()));
        return number;
      default:
        unknown_code(spec.type, value);
    }
  } else {
    number = format_float(value, spec);
  }
  if (spec.grouping != 0) number = grouped(number, spec.grouping, every);
  add_sign(number, spec.sign);
  if (spec.grouping != 0 && spec.fill == '0' && spec.align == '=') {  // zeros take part in the grouping
    while (static_cast<int64_t>(number.size()) < spec.width) {
      const size_t head = number[0] == '-' || number[0] == '+' || number[0] == ' ' ? 1 : 0;
      std::string digits = number.substr(head);
      const size_t first = std::min(digits.find(spec.grouping), digits.find_first_of(".%"));
      const size_t lead = std::min(first, digits.size());
      if (lead == every) digits.insert(0, 1, spec.grouping);
      digits.insert(0, 1, '0');
      number = number.substr(0, head) + digits;
    }
  }
  return pad(std::move(number), spec.width, spec.fill, spec.align == 0 ? '>' : spec.align);
}
}  // namespace

std::string format_value(const Value& value, std::string_view spec_text) {
  if (value.is_number() && !(value.is(Kind::boolean) && spec_text.empty())) {
    if (spec_text.empty()) return to_string(value);
    return format_number(value, parse_spec(spec_text));
  }
  if (spec_text.empty()) return to_string(value);
  if (!value.is_string()) raise_type("unsupported format string passed to " + type_name(value) + ".__format__");
  const Spec spec = parse_spec(spec_text);
  if (spec.type != 0 && spec.type != 's') unknown_code(spec.type, value);
  if (spec.align == '=' && !spec.zero) raise_value("'=' alignment not allowed in string format specifier");
  std::string text = value.str();
  if (spec.precision >= 0) text.resize(byte_offset(text, spec.precision));
  return pad(std::move(text), spec.width, spec.fill, spec.align == 0 || spec.align == '=' ? '<' : spec.align);
}

}  // namespace vitrine::jinja
