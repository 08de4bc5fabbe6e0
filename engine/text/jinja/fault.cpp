// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/fault.h"

#include "engine/core/text.h"

namespace vitrine::jinja {

void raise(const char* type, std::string message) { throw Fault{type, std::move(message)}; }
void raise_type(std::string message) { raise("TypeError", std::move(message)); }
void raise_value(std::string message) { raise("ValueError", std::move(message)); }

TemplateError::TemplateError(std::string type, ErrorKind kind, std::string message, std::string hint, std::string name,
                             int line, int column)
    : Error(kind, std::move(message), std::move(hint), cat(name, ":", line, ":", column)),
      type_(std::move(type)),
      line_(line),
      column_(column) {}

}  // namespace vitrine::jinja
