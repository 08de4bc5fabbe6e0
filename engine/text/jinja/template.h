// SPDX-License-Identifier: Apache-2.0
// A compiled template: immutable, may be rendered from several threads at once.
// Behaves as jinja2 3.1's ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True) with loop controls and
// the generation tag, which is what Hugging Face's transformers renders chat templates with.
#pragma once

#include <memory>
#include <string>

#include "engine/text/jinja/ast.h"
#include "engine/text/jinja/interpreter.h"
#include "engine/text/jinja/limits.h"

namespace vitrine::jinja {

class Template {
 public:
  /// Throws TemplateError (format) with line and column of a syntax error.
  static std::shared_ptr<const Template> compile(std::string source, std::string name, const Limits& limits = {});
  /// `variables` is a dict. Throws TemplateError (input) with line and column.
  Rendering render(const Value& variables, const CivilTime& now, const Limits& limits = {}) const;

 private:
  Template() = default;
  std::string name_, source_;
  Tree tree_;
};

}  // namespace vitrine::jinja
