// SPDX-License-Identifier: Apache-2.0
// What goes wrong inside a template. A Fault is internal and knows no place; Template turns it into a TemplateError
// with line and column. The type is the name of the Python exception that jinja2 would raise at the same point.
#pragma once

#include <string>

#include "engine/core/error.h"

namespace vitrine::jinja {

struct Fault {
  std::string type;
  std::string message;
};

[[noreturn]] void raise(const char* type, std::string message);
[[noreturn]] void raise_type(std::string message);   // TypeError
[[noreturn]] void raise_value(std::string message);  // ValueError

/// A syntax or runtime error of a template. message() is what raise_exception was given, or what went wrong;
/// context() is "name:line:column" (1-based, columns in code points).
class VT_API TemplateError : public Error {
 public:
  TemplateError(std::string type, ErrorKind kind, std::string message, std::string hint, std::string name, int line,
                int column);
  /// Name of the Python exception class in the reference, e.g. "TemplateSyntaxError", "UndefinedError", "TypeError";
  /// "LimitError" when a limit of ours ended the rendering.
  const std::string& type() const noexcept { return type_; }
  int line() const noexcept { return line_; }
  int column() const noexcept { return column_; }

 private:
  std::string type_;
  int line_, column_;
};

}  // namespace vitrine::jinja
