// SPDX-License-Identifier: Apache-2.0
#include "engine/io/json_text.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {
namespace {

using nlohmann::json;

/// {"__float__": "Infinity"}: how transformers 5 writes what JSON has no number for.
std::optional<double> special_float(const json& value) {
  if (!value.is_object() || value.size() != 1 || !value.contains("__float__")) return std::nullopt;
  const json& name = value["__float__"];
  if (name == "Infinity") return std::numeric_limits<double>::infinity();
  if (name == "-Infinity") return -std::numeric_limits<double>::infinity();
  if (name == "NaN") return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

/// Python's json module writes bare Infinity and NaN; outside of texts they become what special_float reads.
std::string standard_json(std::string_view text) {
  std::string out;
  bool in_text = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text && c == '\\' && i + 1 < text.size())
      out += text[i++];
    else if (c == '"')
      in_text = !in_text;
    for (const std::string_view name : {"-Infinity", "Infinity", "NaN"})
      if (!in_text && text.substr(i, name.size()) == name) {
        out.append("{\"__float__\":\"").append(name).append("\"}");
        i += name.size();
        break;
      }
    if (i < text.size()) out += text[i];
  }
  return out;
}

MetaValue scalar_or_list(const json& value) {
  if (const auto number = special_float(value)) return {*number};
  switch (value.type()) {
    case json::value_t::boolean:
      return {value.get<bool>()};
    case json::value_t::number_integer:
      return {value.get<int64_t>()};
    case json::value_t::number_unsigned: {
      const uint64_t number = value.get<uint64_t>();
      if (number > uint64_t(INT64_MAX)) return {number};
      return {int64_t(number)};
    }
    case json::value_t::number_float:
      return {value.get<double>()};
    case json::value_t::string:
      return {value.get<std::string>()};
    case json::value_t::array: {
      MetaArray list;
      list.reserve(value.size());
      for (const json& item : value) list.push_back(scalar_or_list(item));
      return {std::make_shared<const MetaArray>(std::move(list))};
    }
    default:
      return {};
  }
}

void flatten(const json& value, const std::string& path, MetaTable& table) {
  const bool is_object = value.is_object() && !special_float(value);
  if (!is_object && !path.empty()) table.add(path, scalar_or_list(value));
  const bool has_objects =
      value.is_array() && std::any_of(value.begin(), value.end(), [](auto& item) { return item.is_object(); });
  if (!is_object && !has_objects) return;
  const std::string prefix = path.empty() ? "" : path + ".";
  size_t index = 0;
  for (const auto& [key, item] : value.items()) {
    if (is_object)
      flatten(item, prefix + key, table);
    else if (item.is_object())
      flatten(item, prefix + std::to_string(index), table);
    ++index;
  }
}

}  // namespace

json parse_json(std::string_view text, std::string_view file_name, const JsonLimits& limits) {
  const auto fail = [&](std::string message) {
    throw Error(ErrorKind::format, std::move(message), "the file is damaged: get it again", std::string(file_name));
  };
  if (text.size() > limits.bytes) fail(cat("JSON of ", text.size(), " bytes; at most ", limits.bytes, " are read"));
  std::string mended;
  if (text.find("Infinity") != text.npos || text.find("NaN") != text.npos) text = mended = standard_json(text);
  size_t values = 0;
  const json::parser_callback_t guard = [&](int depth, json::parse_event_t, json&) {
    if (depth > limits.depth) fail(cat("JSON nested more than ", limits.depth, " deep"));
    if (++values > limits.values) fail(cat("JSON of more than ", limits.values, " values"));
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), guard);
  } catch (const json::parse_error& error) {
    const auto upto = text.substr(0, std::min(text.size(), error.byte));
    fail(cat("not valid JSON near line ", 1 + std::count(upto.begin(), upto.end(), '\n'), " (byte ", error.byte, ")"));
  } catch (const json::exception&) {
    fail("not valid JSON: a number out of range");
  }
  return {};
}

void flatten_json(const json& object, MetaTable& table) { flatten(object, "", table); }

}  // namespace vitrine
