// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/tests.h"

#include <map>

#include "engine/text/jinja/arguments.h"
#include "engine/text/jinja/filters.h"
#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/methods.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/repr.h"

namespace vitrine::jinja {

namespace {

template <bool (*holds)(const Value&)>
bool plain(Interpreter&, const Value& s, Arguments& a) {
  bind("test", a, {});
  return holds(s);
}

template <Comparison op>
bool compared(Interpreter&, const Value& s, Arguments& a) {
  const Values b = bind("comparison", a, {"", ""}, 1);
  return compare(op, s, b[0]);
}

bool remainder_is(const Value& s, const Value& by, int64_t wanted) {
  return equal(arithmetic(Arithmetic::mod, s, by), Value::integer(wanted));
}
bool odd(const Value& s) { return remainder_is(s, Value::integer(2), 1); }
bool even(const Value& s) { return remainder_is(s, Value::integer(2), 0); }
bool divisible(Interpreter&, const Value& s, Arguments& a) {
  return remainder_is(s, bind("divisibleby", a, {"num"}, 1)[0], 0);
}
bool same(Interpreter&, const Value& s, Arguments& a) { return same_object(s, bind("sameas", a, {"other"}, 1)[0]); }
bool in(Interpreter&, const Value& s, Arguments& a) { return contains(bind("in", a, {"seq"}, 1)[0], s); }

bool defined(const Value& s) { return !s.is_undefined(); }
bool undefined(const Value& s) { return s.is_undefined(); }
bool none(const Value& s) { return s.is_none(); }
bool boolean(const Value& s) { return s.is(Kind::boolean); }
bool is_true(const Value& s) { return s.is(Kind::boolean) && s.as_bool(); }
bool is_false(const Value& s) { return s.is(Kind::boolean) && !s.as_bool(); }
bool integer(const Value& s) { return s.is(Kind::integer); }
bool real(const Value& s) { return s.is(Kind::real); }
bool number(const Value& s) { return s.is_number(); }
bool string(const Value& s) { return s.is_string(); }
bool mapping(const Value& s) { return s.is(Kind::dict); }
bool iterable(const Value& s) { return iterate_or_null(s) != nullptr; }
bool sequence(const Value& s) {
  return s.is_string() || s.is_sequence() || s.is(Kind::dict) || s.is(Kind::range) || s.is_undefined();
}
bool callable(const Value& s) {
  return s.is(Kind::function) || s.is(Kind::macro) || s.is(Kind::joiner) || s.is(Kind::loop) || s.is_undefined();
}
bool markup(const Value& s) { return s.is_markup(); }
bool filter(const Value& s) { return s.is_string() && find_filter(s.str()) != nullptr; }
bool test(const Value& s) { return s.is_string() && find_test(s.str()) != nullptr; }

template <bool upper>
bool has_case(Interpreter& interpreter, const Value& s, Arguments& a) {
  bind("test", a, {});
  Arguments nothing;
  return truthy(find_string_method(upper ? "isupper" : "islower")(interpreter, Value::text(to_string(s)), nothing));
}

}  // namespace

Test find_test(std::string_view name) {
  static const std::map<std::string_view, Test> kTests = {{"odd", plain<odd>},
                                                          {"even", plain<even>},
                                                          {"divisibleby", divisible},
                                                          {"defined", plain<defined>},
                                                          {"undefined", plain<undefined>},
                                                          {"filter", plain<filter>},
                                                          {"test", plain<test>},
                                                          {"none", plain<none>},
                                                          {"boolean", plain<boolean>},
                                                          {"false", plain<is_false>},
                                                          {"true", plain<is_true>},
                                                          {"integer", plain<integer>},
                                                          {"float", plain<real>},
                                                          {"lower", has_case<false>},
                                                          {"upper", has_case<true>},
                                                          {"string", plain<string>},
                                                          {"mapping", plain<mapping>},
                                                          {"number", plain<number>},
                                                          {"sequence", plain<sequence>},
                                                          {"iterable", plain<iterable>},
                                                          {"callable", plain<callable>},
                                                          {"sameas", same},
                                                          {"escaped", plain<markup>},
                                                          {"in", in},
                                                          {"==", compared<Comparison::eq>},
                                                          {"eq", compared<Comparison::eq>},
                                                          {"equalto", compared<Comparison::eq>},
                                                          {"!=", compared<Comparison::ne>},
                                                          {"ne", compared<Comparison::ne>},
                                                          {">", compared<Comparison::gt>},
                                                          {"gt", compared<Comparison::gt>},
                                                          {"greaterthan", compared<Comparison::gt>},
                                                          {"ge", compared<Comparison::ge>},
                                                          {">=", compared<Comparison::ge>},
                                                          {"<", compared<Comparison::lt>},
                                                          {"lt", compared<Comparison::lt>},
                                                          {"lessthan", compared<Comparison::lt>},
                                                          {"<=", compared<Comparison::le>},
                                                          {"le", compared<Comparison::le>}};
  const auto found = kTests.find(name);
  return found == kTests.end() ? nullptr : found->second;
}

}  // namespace vitrine::jinja
