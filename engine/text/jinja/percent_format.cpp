// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/percent_format.h"

#include <cmath>

#include "engine/text/jinja/format_spec.h"
#include "engine/text/jinja/html.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {
struct Conversion {
  bool left = false, plus = false, space = false, alternate = false, zero = false;
  int64_t width = 0;
  int precision = -1;
};

/// Walks the format and takes the arguments one by one.
class Formatter {
 public:
  Formatter(const Value& format, const Value& arguments)
      : text_(format.str()), markup_(format.is_markup()), arguments_(arguments) {}

  std::string run() {
    std::string out;
    while (at_ < text_.size()) {
      const size_t percent = text_.find('%', at_);
      out += text_.substr(at_, percent - at_);
      if (percent == std::string_view::npos) break;
      at_ = percent + 1;
      convert(out);
      spend_bytes(64);
      if (static_cast<int64_t>(out.size()) > budget.output_limit) out_of_memory();
    }
    const bool mapping = arguments_.is(Kind::dict) || arguments_.is(Kind::list) || arguments_.is(Kind::range) ||
                         arguments_.is_undefined() || arguments_.is(Kind::name_space);
    const size_t count = arguments_.is(Kind::tuple) ? arguments_.items().size() : 1;
    if (!mapping && taken_ < count && !named_) raise_type("not all arguments converted during string formatting");
    return out;
  }

 private:
  char next() {
    if (at_ >= text_.size()) raise_value("incomplete format");
    return text_[at_++];
  }
  Value take() {
    if (arguments_.is(Kind::tuple)) {
      if (taken_ >= arguments_.items().size()) raise_type("not enough arguments for format string");
      return arguments_.items()[taken_++];
    }
    if (taken_ > 0) raise_type("not enough arguments for format string");
    ++taken_;
    return arguments_;
  }
  int64_t number_or_star(char& c) {
    if (c == '*') {
      const Value width = take();
      if (!width.is_int()) raise_type("* wants int");
      c = next();
      return width.as_int();
    }
    int64_t number = 0;
    while (c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
      if (number > INT32_MAX) raise_value("width too big");
      c = next();
    }
    return number;
  }
  Value named(char& c) {
    if (!arguments_.is(Kind::dict)) raise_type("format requires a mapping");
    int open = 1;
    const size_t start = at_;
    while (open > 0) {
      const char k = at_ < text_.size() ? text_[at_++] : '\0';
      if (k == '\0' && at_ >= text_.size()) raise_value("incomplete format key");
      open += k == '(' ? 1 : k == ')' ? -1 : 0;
    }
    const Value key = Value::text(std::string(text_.substr(start, at_ - 1 - start)));
    const Value* found = arguments_.entries().find(key);
    if (found == nullptr) raise("KeyError", repr(key));
    named_ = true;
    c = next();
    return *found;
  }
  void convert(std::string& out);
  std::string integer(const Value& value, char type, const Conversion& how) const;
  std::string real(const Value& value, char type, const Conversion& how) const;

  std::string_view text_;
  bool markup_;
  Value arguments_;
  size_t at_ = 0, taken_ = 0;
  bool named_ = false;
};

std::string signed_text(std::string number, const Conversion& how) {
  if (!number.empty() && number[0] == '-') return number;
  return (how.plus ? "+" : how.space ? " " : "") + number;
}

std::string padded(std::string text, const Conversion& how, bool numeric) {
  const bool zeros = numeric && how.zero && !how.left;
  return pad(std::move(text), how.width, zeros ? '0' : ' ', how.left ? '<' : zeros ? '=' : '>');
}

std::string Formatter::integer(const Value& value, char type, const Conversion& how) const {
  int64_t number = 0;
  const bool decimal = type == 'd' || type == 'i' || type == 'u';
  require_defined(value);
  if (value.is_int()) {
    number = value.as_int();
  } else if (decimal && value.is(Kind::real)) {
    if (!std::isfinite(value.as_real()) || std::abs(value.as_real()) >= 9.2e18)
      raise("OverflowError", "cannot convert float to integer");
    number = static_cast<int64_t>(value.as_real());
  } else {
    raise_type(std::string("%") + type + " format: " + (decimal ? "a real number" : "an integer") +
               " is required, not " + type_name(value));
  }
  std::string digits = integer_digits(number, decimal ? 'd' : type, how.alternate);
  if (how.precision >= 0) {
    const size_t head = (digits[0] == '-' ? 1u : 0u) + (how.alternate && !decimal ? 2u : 0u);
    const auto have = static_cast<int64_t>(digits.size() - head);
    if (how.precision > budget.output_limit) out_of_memory();
    if (have < how.precision) digits.insert(head, std::string(static_cast<size_t>(how.precision - have), '0'));
  }
  return padded(signed_text(std::move(digits), how), how, true);
}

std::string Formatter::real(const Value& value, char type, const Conversion& how) const {
  require_defined(value);
  if (!value.is_number()) raise_type("must be real number, not " + type_name(value));
  std::string digits = format_real(value.as_real(), type, how.precision < 0 ? 6 : how.precision, how.alternate);
  return padded(signed_text(std::move(digits), how), how, std::isfinite(value.as_real()));
}

void Formatter::convert(std::string& out) {
  Conversion how;
  char c = next();
  std::optional<Value> value;
  if (c == '(') value = named(c);
  for (;; c = next()) {
    if (c == '-')
      how.left = true;
    else if (c == '+')
      how.plus = true;
    else if (c == ' ')
      how.space = true;
    else if (c == '#')
      how.alternate = true;
    else if (c == '0')
      how.zero = true;
    else
      break;
  }
  how.width = number_or_star(c);
  if (how.width < 0) {
    how.left = true;
    how.width = -how.width;
  }
  if (c == '.') {
    c = next();
    how.precision = static_cast<int>(std::clamp<int64_t>(number_or_star(c), 0, INT32_MAX));
  }
  if (c == 'h' || c == 'l' || c == 'L') c = next();
  if (c == '%') {
    out += '%';
    return;
  }
  if (std::string_view("sradiuoxXeEfFgGc").find(c) == std::string_view::npos)
    raise_value(std::string("unsupported format character '") + c + "' (0x" +
                integer_digits(static_cast<unsigned char>(c), 'x', false) + ") at index " + std::to_string(at_ - 1));
  if (!value) value = take();
  if (std::string_view("diuoxX").find(c) != std::string_view::npos) {
    out += integer(*value, c, how);
  } else if (std::string_view("eEfFgG").find(c) != std::string_view::npos) {
    out += real(*value, c, how);
  } else {
    std::string text;
    if (c == 'c') {
      if (value->is_int() && value->as_int() >= 0 && value->as_int() < 0x110000)
        append_code_point(text, static_cast<char32_t>(value->as_int()));
      else if (value->is_string() && value->length() == 1)
        text = value->str();
      else
        raise_type("%c requires int or char");
    } else {
      text = c == 'a' ? ascii_repr(*value) : c != 's' ? repr(*value) : markup_ ? escaped(*value) : to_string(*value);
    }
    if (how.precision >= 0) text.resize(byte_offset(text, how.precision));
    out += padded(std::move(text), how, false);
  }
}
}  // namespace

Value percent_format(const Value& format, const Value& arguments) {
  std::string out = Formatter(format, arguments).run();
  return format.is_markup() ? Value::markup(std::move(out)) : Value::text(std::move(out));
}

}  // namespace vitrine::jinja
