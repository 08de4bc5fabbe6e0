// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/template.h"

#include <new>

#include "engine/core/text.h"
#include "engine/text/jinja/parser.h"
#include "engine/text/jinja/resolve.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {
struct Place {
  int line = 1, column = 1;
};
Place place_of(std::string_view source, size_t at) {
  at = std::min(at, source.size());
  const std::string_view before = source.substr(0, at);
  const size_t newline = before.rfind('\n');
  const size_t line_start = newline == std::string_view::npos ? 0 : newline + 1;
  Place place;
  for (const char c : before) place.line += c == '\n';
  place.column = static_cast<int>(count_code_points(before.substr(line_start))) + 1;
  return place;
}

[[noreturn]] void throw_at(const std::string& name, std::string_view source, size_t at, const std::string& type,
                           ErrorKind kind, std::string message, std::string hint) {
  const Place place = place_of(source, at);
  throw TemplateError(type, kind, std::move(message), std::move(hint), name, place.line, place.column);
}

std::string hint_for(const std::string& type) {
  if (type == "TemplateError") return {};
  if (type == "LimitError" || type == "RecursionError") return "the template may loop forever; use another template";
  if (type == "SecurityError") return "chat templates may not do this; use another template";
  return "the template does not fit this conversation; check roles and contents, or use another template";
}
}  // namespace

std::shared_ptr<const Template> Template::compile(std::string source, std::string name, const Limits& limits) {
  const BudgetScope scope(limits);
  const std::shared_ptr<Template> made(new Template);
  made->name_ = std::move(name);
  const char* const hint = "correct the template, or use another one";
  if (const std::optional<size_t> bad = find_bad_utf8(source))
    throw Error(ErrorKind::format, cat("the template is not valid UTF-8 at byte ", *bad), hint, made->name_);
  if (source.size() > UINT32_MAX / 2)
    throw Error(ErrorKind::format, "the template is larger than 2 GB", hint, made->name_);
  made->source_ = normalize_source(source);
  try {
    made->tree_ = Parser(tokenize(made->source_), limits.nesting).parse();
    resolve(made->tree_);
  } catch (const SyntaxFault& fault) {
    throw_at(made->name_, made->source_, fault.at, "TemplateSyntaxError", ErrorKind::format, fault.message, hint);
  } catch (const Fault& fault) {
    throw_at(made->name_, made->source_, 0, fault.type, ErrorKind::format, fault.message, hint);
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::memory, "no memory for the template", hint, made->name_);
  }
  return made;
}

Rendering Template::render(const Value& variables, const CivilTime& now, const Limits& limits) const {
  const BudgetScope scope(limits);
  Interpreter interpreter(tree_, variables.entries(), now, limits.calls);
  try {
    return interpreter.run();
  } catch (const Fault& fault) {
    throw_at(name_, source_, interpreter.position(), fault.type, ErrorKind::input, fault.message, hint_for(fault.type));
  } catch (const std::bad_alloc&) {
    throw_at(name_, source_, interpreter.position(), "MemoryError", ErrorKind::memory, "no memory for the rendering",
             {});
  }
}

}  // namespace vitrine::jinja
