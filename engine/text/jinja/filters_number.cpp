// SPDX-License-Identifier: Apache-2.0
// Filters on numbers, and tojson.
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "engine/text/jinja/arguments.h"
#include "engine/text/jinja/filters.h"
#include "engine/text/jinja/json.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/string_literal.h"

namespace vitrine::jinja {

namespace {

Value absolute(Interpreter&, const Value& s, Arguments& a) {
  bind("abs", a, {});
  if (s.is(Kind::real)) return Value::real(std::fabs(s.as_real()));
  if (!s.is_int()) raise_type("bad operand type for abs(): '" + type_name(s) + "'");
  return s.as_int() < 0 ? negate(s) : Value::integer(s.as_int());
}

/// int(value) of a number; nullopt where Python raises ValueError.
std::optional<Value> truncated(double d) {
  if (std::isnan(d)) return std::nullopt;
  if (std::isinf(d)) raise("OverflowError", "cannot convert float infinity to integer");
  if (std::fabs(d) >= 9223372036854775808.0) raise("OverflowError", "integer does not fit 64 bits");
  return Value::integer(static_cast<int64_t>(d));
}

Value to_int(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("int", a, {"default", "base"});
  const Value otherwise = either(b[0], Value::integer(0));
  require_defined(s);
  if (s.is_int()) return Value::integer(s.as_int());
  if (s.is(Kind::real)) {
    const std::optional<Value> whole = truncated(s.as_real());
    return whole ? *whole : otherwise;
  }
  if (!s.is_string()) return otherwise;
  const int64_t base = int_or(b[1], 10);
  if (base == 0 || (base >= 2 && base <= 36))
    if (const std::optional<int64_t> value = parse_int(s.str(), static_cast<int>(base))) return Value::integer(*value);
  const std::optional<double> real = parse_real(s.str());
  if (!real || std::isinf(*real)) return otherwise;
  const std::optional<Value> whole = truncated(*real);
  return whole ? *whole : otherwise;
}

Value to_float(Interpreter&, const Value& s, Arguments& a) {
  const Value otherwise = either(bind("float", a, {"default"})[0], Value::real(0.0));
  require_defined(s);
  if (s.is_number()) return Value::real(s.as_real());
  if (!s.is_string()) return otherwise;
  const std::optional<double> value = parse_real(s.str());
  return value ? Value::real(*value) : otherwise;
}

/// round(x, digits): correctly rounded decimal digits, ties to even as the exact binary value has them.
double round_real(double x, int64_t digits) {
  if (!std::isfinite(x) || x == 0 || digits > 340) return x;
  if (digits >= 0) {
    char buffer[800];
    std::snprintf(buffer, sizeof buffer, "%.*f", static_cast<int>(digits), x);
    return std::strtod(buffer, nullptr);
  }
  if (digits < -308) return std::copysign(0.0, x);
  const double scale = std::pow(10.0, static_cast<double>(-digits));
  return std::nearbyint(x / scale) * scale;
}

int64_t round_int(int64_t x, int64_t digits) {
  if (digits >= 0) return x;
  if (digits < -18) return 0;
  int64_t scale = 1;
  for (int64_t i = 0; i < -digits; ++i) scale *= 10;
  int64_t quotient = x / scale, rest = x % scale;
  if (rest < 0) {
    rest += scale;
    --quotient;
  }
  if (2 * rest > scale || (2 * rest == scale && (quotient & 1) != 0)) ++quotient;
  int64_t out = 0;
  if (__builtin_mul_overflow(quotient, scale, &out)) raise("OverflowError", "integer does not fit 64 bits");
  return out;
}

Value round_filter(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("round", a, {"precision", "method"});
  const Value method = either(b[1], Value::text("common"));
  const std::string how = method.is_string() ? method.str() : std::string();
  if (how != "common" && how != "ceil" && how != "floor")
    raise("FilterArgumentError", "method must be common, ceil or floor");
  if (how == "common") {
    if (!s.is_number()) raise_type("type " + type_name(s) + " doesn't define __round__ method");
    const int64_t digits = b[0].is_none() ? 0 : int_or(b[0], 0);
    if (s.is_int()) return Value::integer(round_int(s.as_int(), digits));
    if (!b[0].is_none()) return Value::real(round_real(s.as_real(), digits));
    const std::optional<Value> whole = truncated(std::nearbyint(s.as_real()));
    if (!whole) raise_value("cannot convert float NaN to integer");
    return *whole;
  }
  const Value scale = arithmetic(Arithmetic::pow, Value::integer(10), either(b[0], Value::integer(0)));
  const Value scaled = arithmetic(Arithmetic::mul, s, scale);
  if (!scaled.is_number()) raise_type("must be real number, not " + type_name(scaled));
  Value whole = scaled;
  if (scaled.is(Kind::real)) {
    const std::optional<Value> cut =
        truncated(how == "ceil" ? std::ceil(scaled.as_real()) : std::floor(scaled.as_real()));
    if (!cut) raise_value("cannot convert float NaN to integer");
    whole = *cut;
  }
  return arithmetic(Arithmetic::div, whole, scale);
}

Value file_size(Interpreter&, const Value& s, Arguments& a) {
  const bool binary = bool_or(bind("filesizeformat", a, {"binary"})[0], false);
  require_defined(s);
  double bytes = 0;
  if (s.is_number()) {
    bytes = s.as_real();
  } else {
    const std::optional<double> parsed = s.is_string() ? parse_real(s.str()) : std::nullopt;
    if (!parsed) raise_value("could not convert to float: " + repr(s));
    bytes = *parsed;
  }
  const double base = binary ? 1024 : 1000;
  if (bytes == 1) return Value::text("1 Byte");
  if (bytes < base) return Value::text(std::to_string(static_cast<int64_t>(bytes)) + " Bytes");
  double unit = base;
  const char* prefixes = binary ? "KMGTPEZY" : "kMGTPEZY";
  char buffer[400];
  for (const char* p = prefixes; *p != '\0'; ++p) {
    unit *= base;
    if (bytes >= unit && p[1] != '\0') continue;
    std::snprintf(buffer, sizeof buffer, "%.1f %c%s", base * bytes / unit, *p, binary ? "iB" : "B");
    break;
  }
  return Value::text(buffer);
}

/// json.dumps(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False)
Value tojson(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("tojson", a, {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style;
  style.ascii = bool_or(b[0], false);
  style.sort_keys = bool_or(b[3], false);
  if (!b[1].is_missing() && !b[1].is_none()) {
    style.pretty = true;
    style.item_separator = ",";
    if (b[1].is_string()) {
      style.indent = b[1].str();
    } else {
      const int64_t width = int_or(b[1], 0);
      if (width > 1 << 16) out_of_memory();
      style.indent = std::string(width > 0 ? static_cast<size_t>(width) : 0, ' ');
    }
  }
  if (!b[2].is_missing() && !b[2].is_none()) {
    if (!b[2].is_sequence() || b[2].items().size() != 2 || !b[2].items()[0].is_string() || !b[2].items()[1].is_string())
      raise_value("separators must be a pair of strings");
    style.item_separator = b[2].items()[0].str();
    style.key_separator = b[2].items()[1].str();
  }
  return Value::text(to_json(s, style));
}

constexpr FilterRow kRows[] = {
    {"abs", absolute}, {"int", to_int}, {"float", to_float}, {"round", round_filter}, {"filesizeformat", file_size},
    {"tojson", tojson}};

}  // namespace

std::span<const FilterRow> number_filters() { return kRows; }

}  // namespace vitrine::jinja
