// SPDX-License-Identifier: Apache-2.0
// Errors point at the right place, and nothing a template does can hang or exhaust the program.
#include <gtest/gtest.h>

#include "engine/text/jinja/json.h"
#include "engine/text/jinja/template.h"

using namespace vitrine;

static jinja::TemplateError failure(const std::string& source, const jinja::Limits& limits = {}) {
  try {
    const auto compiled = jinja::Template::compile(source, "t");
    compiled->render(jinja::from_json(R"({"l": [1, 2, 3], "s": "text", "d": {"a": 1}})", "v"), {}, limits);
  } catch (const jinja::TemplateError& e) {
    return e;
  }
  ADD_FAILURE() << "no error: " << source.substr(0, 200);
  return jinja::TemplateError("", ErrorKind::bug, "", "", "", 0, 0);
}

struct PlacedCase {
  const char* source;
  int line, column;
  const char* type;
};

TEST(TemplateError, NamesLineAndColumn) {
  const PlacedCase cases[] = {
      {"{{ 1 +", 1, 7, "TemplateSyntaxError"},
      {"a\nb {% if x %}", 2, 13, "TemplateSyntaxError"},
      {"a\r\nb\r\n  {% nope %}", 3, 6, "TemplateSyntaxError"},
      {"{{ s|nope }}", 1, 6, "TemplateSyntaxError"},
      {"한국 {{ 'abc }}", 1, 7, "TemplateSyntaxError"},
      {"{% for x in l %}\n{{ x + s }}{% endfor %}", 2, 6, "TypeError"},
      {"{{ d.x.y }}", 1, 8, "UndefinedError"},
      {"x{{ missing() }}", 1, 12, "UndefinedError"},
      {"{% macro m(a) %}\n{{ a / 0 }}{% endmacro %}\n{{ m(1) }}", 2, 6, "ZeroDivisionError"},
      {"{{ l.append(1) }}", 1, 12, "SecurityError"},
      {"{{ 'x'|int|foo if s else s|random }}", 1, 12, "TemplateRuntimeError"},
      {"{# never closed", 1, 1, "TemplateSyntaxError"},
  };
  for (const PlacedCase& c : cases) {
    const jinja::TemplateError e = failure(c.source);
    EXPECT_EQ(e.type(), c.type) << c.source << "\n" << e.what();
    EXPECT_EQ(e.line(), c.line) << c.source << "\n" << e.what();
    EXPECT_EQ(e.column(), c.column) << c.source << "\n" << e.what();
    EXPECT_FALSE(e.message().empty());
  }
}

static std::string repeated(const std::string& part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += part;
  return out;
}

TEST(Limits, NoTemplateRunsForever) {
  const std::string sources[] = {
      "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% "
      "endfor %}",
      "{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}",
      "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
      "{% for x in [l] recursive %}{{ loop([l]) }}{% endfor %}",
      "{{ 'x' * 10000000000 }}",
      "{{ ('x' * 60000000) ~ ('y' * 60000000) }}",
      "{{ [1] * 10000000000 }}",
      "{% set ns = namespace(t='x') %}{% for i in range(60) %}{% set ns.t = ns.t + ns.t %}{% endfor %}",
      "{% set ns = namespace(t=[1]) %}{% for i in range(60) %}{% set ns.t = ns.t + ns.t %}{% endfor %}",
      "{% set ns = namespace(t=[1]) %}{% for i in range(60) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.t }}",
      "{% set ns = namespace(t=[1]) %}{% for i in range(90000) %}{% set ns.t = [ns.t] %}{% endfor %}{{ ns.t }}",
      "{% set ns = namespace(t=[1]) %}{% for i in range(90000) %}{% set ns.t = [ns.t] %}{% endfor %}{{ ns.t == ns.t + "
      "[] }}{{ ns.t|tojson }}",
      "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}",
      "{% for i in range(99999) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' * 100 }}{% endfor "
      "%}",
      "{% set ns = namespace(g=l) %}{% for i in range(90000) %}{% set ns.g = ns.g|map('string') %}{% endfor %}{{ "
      "ns.g|list }}",
      "{{ '%999999999d' % 1 }}",
      "{{ '{:999999999}'.format(1) }}",
      "{{ '' | center(999999999999) }}",
      "{{ ('a' * 3000000).replace('', 'b' * 100000) }}",
      "{{ 'a'|indent(999999999)|length }}{{ ('a\n' * 1000000)|indent(1000000) }}",
      "{% for x in range(99999) %}{{ range(99999)|sum }}{% endfor %}",
      "{% for x in range(99999) %}{{ range(99999)|list == range(99999)|list }}{% endfor %}",
  };
  for (const std::string& source : sources) {
    const jinja::TemplateError e = failure(source);
    EXPECT_TRUE(e.type() == "LimitError" || e.type() == "RecursionError") << e.type() << " " << e.what() << "\n"
                                                                          << source;
  }
}

TEST(Limits, DeepSourcesAreRefusedNotFatal) {
  for (const std::string& source :
       {"{{ " + repeated("(", 100000) + "1" + repeated(")", 100000) + " }}", "{{ " + repeated("[", 100000) + " }}",
        "{{ 1" + repeated(" + 1", 100000) + " }}", "{{ s" + repeated("|trim", 100000) + " }}",
        "{{ s" + repeated(".a", 100000) + " }}", "{{ " + repeated("not ", 100000) + "1 }}",
        "{{ " + repeated("-", 100000) + "1 }}", repeated("{% if s %}", 100000), repeated("{% for x in l %}", 100000),
        "{{ 1" + repeated(" if s else 1", 100000) + " }}", "{{ s" + repeated("(1)", 100000) + " }}"})
    EXPECT_EQ(failure(source).type(), "TemplateSyntaxError") << source.substr(0, 40);
}

TEST(Limits, DeepValuesAreDestroyedWithoutRecursion) {
  // Chains through lists, namespaces, macros, generators, joiners: a recursive destructor would overflow the stack.
  for (const std::string link : {"[ns.t]", "namespace(t=ns.t)", "joiner(ns.t)", "ns.t|map('string')", "cycler(ns.t)",
                                 "{'a': ns.t}", "[ns.t].index", "[ns.t]|reverse", "{'a': ns.t}.items()"}) {
    const std::string source = "{% set ns = namespace(t=[1]) %}{% for i in range(90000) %}{% set ns.t = " + link +
                               " %}{% endfor %}{% set ns.t = 1 %}done";
    const auto compiled = jinja::Template::compile(source, "t");
    EXPECT_EQ(compiled->render(jinja::from_json("{}", "v"), {}).text, "done") << link;
  }
}

TEST(Limits, LongHonestConversationsFit) {
  // 5,000 messages of 1 kB, accumulated in a namespace as some templates do.
  const auto compiled = jinja::Template::compile(
      "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + m.content|length %}"
      "{{ '<|' + m.role + '|>' + m.content|trim + '\n' }}{% endfor %}{{ ns.n }}",
      "t");
  std::string json = "{\"messages\": [";
  for (int i = 0; i < 5000; ++i)
    json += std::string(i == 0 ? "" : ",") + R"({"role": "user", "content": ")" + std::string(1000, 'x') + "\"}";
  const std::string text = compiled->render(jinja::from_json(json + "]}", "v"), {}).text;
  EXPECT_TRUE(text.ends_with("5000000"));
}

TEST(Limits, AreWhatTheCallerSets) {
  EXPECT_EQ(failure("{% for x in range(100) %}{{ x }}{% endfor %}", {.steps = 50}).type(), "LimitError");
  EXPECT_EQ(failure("{% for x in range(100) %}{{ x }}{% endfor %}", {.output_bytes = 50}).type(), "LimitError");
  EXPECT_EQ(failure("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", {.calls = 5}).type(), "RecursionError");
}
