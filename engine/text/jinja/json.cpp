// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/json.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/core/text.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {

/// Builds values as the parser reports them; no intermediate document, no recursion.
class Builder {
 public:
  Builder(const std::string& what, int max_depth) : what_(what), max_depth_(max_depth) {}
  bool null() { return add(Value::none()); }
  bool boolean(bool b) { return add(Value::boolean(b)); }
  bool number_integer(int64_t i) { return add(Value::integer(i)); }
  bool number_unsigned(uint64_t u) {
    if (u > static_cast<uint64_t>(INT64_MAX)) fail(cat("the integer ", u, " does not fit 64 bits"), position_);
    return add(Value::integer(static_cast<int64_t>(u)));
  }
  bool number_float(double d, const std::string& text) {
    if (text.find_first_of(".eE") == std::string::npos)
      fail("the integer " + text + " does not fit 64 bits", position_);
    return add(Value::real(d));
  }
  bool string(std::string& s) { return add(Value::text(std::move(s))); }
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool start_object(size_t) { return open(true); }
  bool key(std::string& s) {
    open_.back().key = Value::text(std::move(s));
    return true;
  }
  bool end_object() { return close(Value::dict(std::move(open_.back().dict))); }
  bool start_array(size_t) { return open(false); }
  bool end_array() { return close(Value::list(std::move(open_.back().items))); }
  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception& e) {
    std::string why = e.what();
    if (const size_t colon = why.find(": "); colon != std::string::npos) why = why.substr(colon + 2);
    fail("not valid JSON: " + why, position);
  }
  Value take() { return std::move(result_); }

 private:
  struct Open {
    std::shared_ptr<Dict> dict;
    Values items;
    Value key;
  };
  [[noreturn]] void fail(const std::string& why, size_t position) const {
    throw Error(ErrorKind::format, why, "check the JSON", position == 0 ? what_ : cat(what_, ", byte ", position));
  }
  bool add(Value value) {
    if (open_.empty())
      result_ = std::move(value);
    else if (open_.back().dict != nullptr)
      open_.back().dict->set(open_.back().key, std::move(value));
    else
      open_.back().items.push_back(std::move(value));
    return true;
  }
  bool open(bool object) {
    if (static_cast<int>(open_.size()) >= max_depth_) fail("the JSON is nested too deeply", position_);
    open_.emplace_back();
    if (object) open_.back().dict = std::make_shared<Dict>();
    return true;
  }
  bool close(Value value) {
    open_.pop_back();
    return add(std::move(value));
  }

  std::string what_;
  int max_depth_;
  size_t position_ = 0;
  std::vector<Open> open_;
  Value result_;
};

thread_local constinit int json_depth = 0;

class Writer {
 public:
  explicit Writer(const JsonStyle& style) : style_(style) {}
  std::string take() { return std::move(out_); }

  void write(const Value& value) {
    const Depth depth(json_depth);
    spend(1);
    if (static_cast<int64_t>(out_.size()) > budget.output_limit) out_of_memory();
    switch (value.kind()) {
      case Kind::none:
        out_ += "null";
        return;
      case Kind::boolean:
        out_ += value.as_bool() ? "true" : "false";
        return;
      case Kind::integer:
        out_ += std::to_string(value.as_int());
        return;
      case Kind::real:
        out_ += number(value.as_real());
        return;
      case Kind::string:
        text(value.str());
        return;
      case Kind::list:
      case Kind::tuple:
        array(value.items());
        return;
      case Kind::dict:
        object(value.entries());
        return;
      default:
        raise_type("Object of type " + type_name(value) + " is not JSON serializable");
    }
  }

 private:
  static std::string number(double d) {
    if (std::isnan(d)) return "NaN";
    if (std::isinf(d)) return d < 0 ? "-Infinity" : "Infinity";
    return repr_of_real(d);
  }
  void text(std::string_view s);
  void escape(char32_t c);
  void newline() {
    if (!style_.pretty) return;
    out_ += '\n';
    for (int i = 0; i < level_; ++i) out_ += style_.indent;
  }
  void array(const Values& items) {
    out_ += '[';
    ++level_;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += style_.item_separator;
      newline();
      write(items[i]);
    }
    --level_;
    if (!items.empty()) newline();
    out_ += ']';
  }
  void object(const Dict& dict);
  static std::string key_text(const Value& key);

  const JsonStyle& style_;
  std::string out_;
  int level_ = 0;
};

void Writer::escape(char32_t c) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "\\u%04x", static_cast<unsigned>(c));
  out_ += buffer;
}

void Writer::text(std::string_view s) {
  spend_bytes(s.size());
  out_ += '"';
  for (size_t at = 0; at < s.size();) {
    const size_t start = at;
    const char32_t c = next_code_point(s, at);
    switch (c) {
      case '"':
        out_ += "\\\"";
        continue;
      case '\\':
        out_ += "\\\\";
        continue;
      case '\n':
        out_ += "\\n";
        continue;
      case '\r':
        out_ += "\\r";
        continue;
      case '\t':
        out_ += "\\t";
        continue;
      case '\b':
        out_ += "\\b";
        continue;
      case '\f':
        out_ += "\\f";
        continue;
      default:
        break;
    }
    if (c < 0x20 || (style_.ascii && c >= 0x7F && c < 0x10000)) {
      escape(c);
    } else if (style_.ascii && c >= 0x10000) {
      escape(0xD800 + ((c - 0x10000) >> 10));
      escape(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
      out_ += s.substr(start, at - start);
    }
  }
  out_ += '"';
}

std::string Writer::key_text(const Value& key) {
  switch (key.kind()) {
    case Kind::string:
      return key.str();
    case Kind::none:
      return "null";
    case Kind::boolean:
      return key.as_bool() ? "true" : "false";
    case Kind::integer:
      return std::to_string(key.as_int());
    case Kind::real:
      return number(key.as_real());
    default:
      raise_type("keys must be str, int, float, bool or None, not " + type_name(key));
  }
}

void Writer::object(const Dict& dict) {
  std::vector<Dict::Entry> entries = dict.entries();
  if (style_.sort_keys)
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Dict::Entry& a, const Dict::Entry& b) { return less(a.first, b.first); });
  out_ += '{';
  ++level_;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) out_ += style_.item_separator;
    newline();
    text(key_text(entries[i].first));
    out_ += style_.key_separator;
    write(entries[i].second);
  }
  --level_;
  if (!entries.empty()) newline();
  out_ += '}';
}

}  // namespace

Value from_json(std::string_view text, const std::string& what) {
  Builder builder(what, Limits{}.nesting);
  nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return builder.take();
}

std::string to_json(const Value& value, const JsonStyle& style) {
  Writer writer(style);
  writer.write(value);
  return writer.take();
}

}  // namespace vitrine::jinja
