// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/arguments.h"

namespace vitrine::jinja {

Values bind(const char* function, const Arguments& arguments, std::initializer_list<const char*> parameters,
            size_t required) {
  const std::string name = std::string(function) + "()";
  if (arguments.positional.size() > parameters.size())
    raise_type(name + " takes at most " + std::to_string(parameters.size()) + " arguments (" +
               std::to_string(arguments.positional.size()) + " given)");
  Values out(parameters.size(), Value::missing());
  for (size_t i = 0; i < arguments.positional.size(); ++i) out[i] = arguments.positional[i];
  for (const auto& [key, value] : arguments.named) {
    size_t at = 0;
    while (at < parameters.size() && key != parameters.begin()[at]) ++at;
    if (at == parameters.size() || key.empty()) raise_type(name + " got an unexpected keyword argument '" + key + "'");
    if (!out[at].is_missing()) raise_type(name + " got multiple values for argument '" + key + "'");
    out[at] = value;
  }
  for (size_t i = 0; i < required; ++i)
    if (out[i].is_missing())
      raise_type(name + " missing required argument '" + parameters.begin()[i] + "' (pos " + std::to_string(i + 1) +
                 ")");
  return out;
}

int64_t int_or(const Value& value, int64_t otherwise) {
  if (value.is_missing()) return otherwise;
  require_defined(value);
  if (!value.is_int()) raise_type("'" + type_name(value) + "' object cannot be interpreted as an integer");
  return value.as_int();
}

bool bool_or(const Value& value, bool otherwise) { return value.is_missing() ? otherwise : truthy(value); }

const std::string& want_text(const Value& value, const char* function) {
  if (!value.is_string()) raise_type(std::string(function) + "() argument must be str, not " + type_name(value));
  return value.str();
}

}  // namespace vitrine::jinja
