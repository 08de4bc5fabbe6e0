// SPDX-License-Identifier: Apache-2.0
// Python's arithmetic on numbers, strings and sequences, and slicing. Integers are 64 bits; what does not fit is an
// OverflowError, never a wrong number.
#include <cmath>

#include "engine/text/jinja/html.h"
#include "engine/text/jinja/objects.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/percent_format.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

static const char* symbol_of(Arithmetic op) {
  switch (op) {
    case Arithmetic::add:
      return "+";
    case Arithmetic::sub:
      return "-";
    case Arithmetic::mul:
      return "*";
    case Arithmetic::div:
      return "/";
    case Arithmetic::floor_div:
      return "//";
    case Arithmetic::mod:
      return "%";
    case Arithmetic::pow:
      return "** or pow()";
  }
  return "?";
}

[[noreturn]] static void unsupported(Arithmetic op, const Value& a, const Value& b) {
  raise_type(std::string("unsupported operand type(s) for ") + symbol_of(op) + ": '" + type_name(a) + "' and '" +
             type_name(b) + "'");
}
[[noreturn]] static void overflow() { raise("OverflowError", "integer does not fit 64 bits"); }
[[noreturn]] static void by_zero(const char* what) { raise("ZeroDivisionError", what); }

static int64_t integer_power(int64_t base, int64_t exponent) {
  int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) overflow();
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) {
      overflow();
    }
  }
  return result;
}

static Value power(const Value& a, const Value& b) {
  if (a.is_int() && b.is_int() && b.as_int() >= 0) {
    const int64_t base = a.as_int();
    if (base == 0 || base == 1) return Value::integer(b.as_int() == 0 ? 1 : base);
    if (base == -1) return Value::integer((b.as_int() & 1) != 0 ? -1 : 1);
    return Value::integer(integer_power(base, b.as_int()));
  }
  const double x = a.as_real(), y = b.as_real();
  if (x == 0 && y < 0) by_zero("0.0 cannot be raised to a negative power");
  if (x < 0 && std::isfinite(y) && std::floor(y) != y) raise_type("complex numbers are not supported");
  const double result = std::pow(x, y);
  if (std::isinf(result) && std::isfinite(x) && std::isfinite(y))
    raise("OverflowError", "(34, 'Numerical result out of range')");
  return Value::real(result);
}

static double real_mod(double x, double y) {
  double r = std::fmod(x, y);
  if (r != 0 && (r < 0) != (y < 0)) r += y;
  if (r == 0) r = std::copysign(0.0, y);
  return r;
}

static double real_floor_div(double x, double y) {
  const double r = real_mod(x, y);
  const double quotient = (x - r) / y;
  if (quotient == 0) return std::copysign(0.0, x / y);
  const double floored = std::floor(quotient);
  return quotient - floored > 0.5 ? floored + 1 : floored;
}

static Value on_integers(Arithmetic op, int64_t x, int64_t y) {
  int64_t r = 0;
  switch (op) {
    case Arithmetic::add:
      if (__builtin_add_overflow(x, y, &r)) overflow();
      return Value::integer(r);
    case Arithmetic::sub:
      if (__builtin_sub_overflow(x, y, &r)) overflow();
      return Value::integer(r);
    case Arithmetic::mul:
      if (__builtin_mul_overflow(x, y, &r)) overflow();
      return Value::integer(r);
    case Arithmetic::div:
      if (y == 0) by_zero("division by zero");
      return Value::real(static_cast<double>(static_cast<long double>(x) / static_cast<long double>(y)));
    case Arithmetic::floor_div:
      if (y == 0) by_zero("integer division or modulo by zero");
      if (x == INT64_MIN && y == -1) overflow();
      r = x / y;
      return Value::integer(r - (x % y != 0 && (x < 0) != (y < 0)));
    default:
      if (y == 0) by_zero("integer modulo by zero");
      if (y == -1) return Value::integer(0);
      r = x % y;
      return Value::integer(r != 0 && (r < 0) != (y < 0) ? r + y : r);
  }
}

static Value on_numbers(Arithmetic op, const Value& a, const Value& b) {
  if (op == Arithmetic::pow) return power(a, b);
  if (a.is_int() && b.is_int()) return on_integers(op, a.as_int(), b.as_int());
  const double x = a.as_real(), y = b.as_real();
  switch (op) {
    case Arithmetic::add:
      return Value::real(x + y);
    case Arithmetic::sub:
      return Value::real(x - y);
    case Arithmetic::mul:
      return Value::real(x * y);
    case Arithmetic::div:
      if (y == 0) by_zero("float division by zero");
      return Value::real(x / y);
    case Arithmetic::floor_div:
      if (y == 0) by_zero("float floor division by zero");
      return Value::real(real_floor_div(x, y));
    default:
      if (y == 0) by_zero("float modulo");
      return Value::real(real_mod(x, y));
  }
}

static void room_for(int64_t size, int64_t times) {
  int64_t total = 0;
  if (__builtin_mul_overflow(size, times, &total) || total > budget.output_limit) out_of_memory();
}

static Value repeat(const Value& sequence, int64_t times) {
  if (times < 0) times = 0;
  if (sequence.is_string()) {
    const std::string& text = sequence.str();
    room_for(static_cast<int64_t>(text.size()), times);
    std::string out;
    out.reserve(text.size() * static_cast<size_t>(times));
    for (int64_t i = 0; i < times && !text.empty(); ++i) out += text;
    return sequence.is_markup() ? Value::markup(std::move(out)) : Value::text(std::move(out));
  }
  const Values& items = sequence.items();
  room_for(static_cast<int64_t>(items.size() * sizeof(Value)), times);
  Values out;
  out.reserve(items.size() * static_cast<size_t>(times));
  for (int64_t i = 0; i < times && !items.empty(); ++i) out.insert(out.end(), items.begin(), items.end());
  return sequence.is(Kind::list) ? Value::list(std::move(out)) : Value::tuple(std::move(out));
}

static Value add_strings(const Value& a, const Value& b) {
  room_for(static_cast<int64_t>(a.str().size() + b.str().size()), 1);
  if (a.is_markup() || b.is_markup()) return Value::markup(escaped(a) + escaped(b));
  return Value::text(a.str() + b.str());
}

static Value add(const Value& a, const Value& b) {
  if (a.is_string() && b.is_string()) return add_strings(a, b);
  if (a.is_sequence() && a.kind() == b.kind()) {
    room_for(static_cast<int64_t>((a.items().size() + b.items().size()) * sizeof(Value)), 1);
    Values out = a.items();
    out.insert(out.end(), b.items().begin(), b.items().end());
    return a.is(Kind::list) ? Value::list(std::move(out)) : Value::tuple(std::move(out));
  }
  if (a.is_string() || a.is_sequence())
    raise_type("can only concatenate " + type_name(a) + " (not \"" + type_name(b) + "\") to " + type_name(a));
  unsupported(Arithmetic::add, a, b);
}

Value arithmetic(Arithmetic op, const Value& a, const Value& b) {
  if (op == Arithmetic::mod && a.is_string()) return percent_format(a, b);
  require_defined(a);
  require_defined(b);
  if (a.is_number() && b.is_number()) return on_numbers(op, a, b);
  if (op == Arithmetic::add) return add(a, b);
  if (op == Arithmetic::mul) {
    const bool left = a.is_string() || a.is_sequence(), right = b.is_string() || b.is_sequence();
    if (left && b.is_int()) return repeat(a, b.as_int());
    if (right && a.is_int()) return repeat(b, a.as_int());
    if (left || right) raise_type("can't multiply sequence by non-int of type '" + type_name(left ? b : a) + "'");
  }
  unsupported(op, a, b);
}

Value negate(const Value& a) {
  require_defined(a);
  if (a.is(Kind::real)) return Value::real(-a.as_real());
  if (!a.is_int()) raise_type("bad operand type for unary -: '" + type_name(a) + "'");
  if (a.as_int() == INT64_MIN) overflow();
  return Value::integer(-a.as_int());
}

Value positive(const Value& a) {
  require_defined(a);
  if (a.is(Kind::real)) return a;
  if (!a.is_int()) raise_type("bad operand type for unary +: '" + type_name(a) + "'");
  return Value::integer(a.as_int());
}

namespace {
struct Cut {
  int64_t start = 0, step = 1, count = 0;
};

int64_t slice_part(const Value& part, int64_t otherwise) {
  if (part.is_none()) return otherwise;
  const std::optional<int64_t> index = as_index(part);
  if (!index) raise_type("slice indices must be integers or None or have an __index__ method");
  return *index;
}

/// Python's slice.indices(length).
Cut resolve(const Value& start, const Value& stop, const Value& step, int64_t length) {
  Cut cut;
  cut.step = slice_part(step, 1);
  if (cut.step == 0) raise_value("slice step cannot be zero");
  if (cut.step == INT64_MIN) cut.step = -INT64_MAX;
  const int64_t low = cut.step < 0 ? -1 : 0, high = cut.step < 0 ? length - 1 : length;
  const auto clip = [&](int64_t x) {
    if (x < 0) x = x < -length ? low : std::max(x + length, low);
    return std::min(x, high);
  };
  cut.start = start.is_none() ? (cut.step < 0 ? high : low) : clip(slice_part(start, 0));
  const int64_t end = stop.is_none() ? (cut.step < 0 ? low : high) : clip(slice_part(stop, 0));
  if (cut.step > 0 && end > cut.start) cut.count = (end - cut.start - 1) / cut.step + 1;
  if (cut.step < 0 && end < cut.start) cut.count = (cut.start - end - 1) / -cut.step + 1;
  return cut;
}

std::string slice_text(const Value& value, const Cut& cut) {
  const std::string& text = value.str();
  if (cut.step == 1) {
    const size_t from = value.length() == static_cast<int64_t>(text.size()) ? static_cast<size_t>(cut.start)
                                                                            : byte_offset(text, cut.start);
    spend_bytes(from);
    const std::string_view rest = std::string_view(text).substr(from);
    const size_t bytes = value.length() == static_cast<int64_t>(text.size()) ? static_cast<size_t>(cut.count)
                                                                             : byte_offset(rest, cut.count);
    return std::string(rest.substr(0, bytes));
  }
  const std::u32string points = decode_utf8(text);
  spend_bytes(4 * points.size());
  std::string out;
  for (int64_t i = 0, at = cut.start; i < cut.count; ++i, at += cut.step)
    append_code_point(out, points[static_cast<size_t>(at)]);
  return out;
}
}  // namespace

Value slice(const Value& value, const Value& start, const Value& stop, const Value& step) {
  if (value.is_string()) {
    std::string out = slice_text(value, resolve(start, stop, step, value.length()));
    return value.is_markup() ? Value::markup(std::move(out)) : Value::text(std::move(out));
  }
  if (value.is_sequence()) {
    const Values& items = value.items();
    const Cut cut = resolve(start, stop, step, static_cast<int64_t>(items.size()));
    Values out;
    out.reserve(static_cast<size_t>(cut.count));
    for (int64_t i = 0, at = cut.start; i < cut.count; ++i, at += cut.step)
      out.push_back(items[static_cast<size_t>(at)]);
    return value.is(Kind::list) ? Value::list(std::move(out)) : Value::tuple(std::move(out));
  }
  if (value.is(Kind::range)) {
    const Range& r = value.as<Range>();
    const Cut cut = resolve(start, stop, step, r.size());
    auto out = std::make_shared<Range>();
    out->start = r.start + cut.start * r.step;
    out->step = r.step * cut.step;
    out->stop = out->start + cut.count * out->step;
    return Value::object(Kind::range, std::move(out));
  }
  require_defined(value);
  if (value.is(Kind::dict)) raise_type("unhashable type: 'slice'");
  raise_type("'" + type_name(value) + "' object is not subscriptable");
}

}  // namespace vitrine::jinja
