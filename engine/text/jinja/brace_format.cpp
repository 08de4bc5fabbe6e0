// SPDX-License-Identifier: Apache-2.0
// str.format(): replacement fields with attributes, indices, conversions and nested format specifications.
#include <algorithm>

#include "engine/text/jinja/format_spec.h"
#include "engine/text/jinja/html.h"
#include "engine/text/jinja/methods.h"
#include "engine/text/jinja/repr.h"

namespace vitrine::jinja {

namespace {

class BraceFormatter {
 public:
  explicit BraceFormatter(Arguments& arguments) : arguments_(arguments) {}

  std::string run(std::string_view format, int depth) {
    if (depth < 0) raise_value("Max string recursion exceeded");
    std::string out;
    for (size_t at = 0; at < format.size();) {
      const char c = format[at++];
      if (c == '}') {
        if (at >= format.size() || format[at] != '}') raise_value("Single '}' encountered in format string");
        out += format[at++];
      } else if (c != '{') {
        out += c;
      } else if (at < format.size() && format[at] == '{') {
        out += format[at++];
      } else {
        if (at >= format.size()) raise_value("Single '{' encountered in format string");
        const size_t end = closing(format, at);
        out += field(format.substr(at, end - at), depth);
        at = end + 1;
      }
      if (static_cast<int64_t>(out.size()) > budget.output_limit) out_of_memory();
    }
    return out;
  }

 private:
  static size_t closing(std::string_view format, size_t at) {
    int open = 1;
    for (; at < format.size(); ++at) {
      open += format[at] == '{' ? 1 : format[at] == '}' ? -1 : 0;
      if (open == 0) return at;
    }
    raise_value("expected '}' before end of string");
  }

  std::string field(std::string_view text, int depth) {
    spend(4);
    size_t end = 0;
    bool bracket = false;
    for (; end < text.size(); ++end) {
      if (text[end] == '[') bracket = true;
      if (text[end] == ']') bracket = false;
      if (!bracket && (text[end] == ':' || text[end] == '!')) break;
      if (text[end] == '{') raise_value("unexpected '{' in field name");
    }
    Value value = lookup(text.substr(0, end));
    if (end < text.size() && text[end] == '!') {
      if (end + 1 >= text.size()) raise_value("end of string while looking for conversion specifier");
      const char how = text[end + 1];
      if (how == 's')
        value = Value::text(to_string(value));
      else if (how == 'r' || how == 'a')
        value = Value::text(how == 'r' ? repr(value) : ascii_repr(value));
      else
        raise_value(std::string("Unknown conversion specifier ") + how);
      end += 2;
      if (end < text.size() && text[end] != ':') raise_value("expected ':' after conversion specifier");
    }
    const std::string spec = end < text.size() ? run(text.substr(end + 1), depth - 1) : std::string();
    return format_value(value, spec);
  }

  Value argument(std::string_view name) {
    const bool number =
        !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (name.empty() || number) {
      if (number && automatic_ == 1)
        raise_value("cannot switch from automatic field numbering to manual field specification");
      if (!number && automatic_ == 0)
        raise_value("cannot switch from manual field specification to automatic field numbering");
      automatic_ = number ? 0 : 1;
      if (name.size() > 9) raise("IndexError", "Replacement index out of range");
      const size_t index = number ? static_cast<size_t>(std::stoul(std::string(name))) : next_++;
      if (index >= arguments_.positional.size())
        raise("IndexError", "Replacement index " + std::to_string(index) + " out of range for positional args tuple");
      return arguments_.positional[index];
    }
    for (const auto& [key, value] : arguments_.named)
      if (key == name) return value;
    raise("KeyError", repr_of_text(name));
  }

  Value lookup(std::string_view name) {
    const size_t first = std::min(name.find_first_of(".["), name.size());
    Value value = argument(name.substr(0, first));
    size_t at = first;
    while (at < name.size()) {
      if (name[at] == '.') {
        const size_t end = std::min(name.find_first_of(".[", at + 1), name.size());
        if (end == at + 1) raise_value("Empty attribute in format string");
        value = get_attribute(value, std::string(name.substr(at + 1, end - at - 1)));
        at = end;
      } else if (name[at] == '[') {
        const size_t end = name.find(']', at);
        if (end == std::string_view::npos) raise_value("Missing ']' in format string");
        const std::string key(name.substr(at + 1, end - at - 1));
        if (key.empty()) raise_value("Empty attribute in format string");
        const bool number =
            key.size() < 18 && std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
        value = get_item(value, number ? Value::integer(std::stoll(key)) : Value::text(key));
        at = end + 1;
      } else {
        raise_value("Only '.' or '[' may follow ']' in format field specifier");
      }
    }
    return value;
  }

  Arguments& arguments_;
  size_t next_ = 0;
  int automatic_ = -1;  // -1 not known yet, 0 numbers are written, 1 they are counted
};

}  // namespace

Value brace_format(Interpreter&, const Value& text, Arguments& arguments) {
  if (text.is_markup()) {
    Arguments safe;
    const auto escape = [](const Value& v) { return v.is_number() ? v : Value::text(escaped(v)); };
    for (const Value& v : arguments.positional) safe.positional.push_back(escape(v));
    for (const auto& [key, v] : arguments.named) safe.named.emplace_back(key, escape(v));
    return Value::markup(BraceFormatter(safe).run(text.str(), 2));
  }
  return Value::text(BraceFormatter(arguments).run(text.str(), 2));
}

}  // namespace vitrine::jinja
