// SPDX-License-Identifier: Apache-2.0
#include "engine/io/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {
namespace {

using nlohmann::json;

MetaValue scalar_or_list(const json& value) {
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
  if (!value.is_object() && !path.empty()) table.add(path, scalar_or_list(value));
  const bool has_objects =
      value.is_array() && std::any_of(value.begin(), value.end(), [](auto& item) { return item.is_object(); });
  if (!value.is_object() && !has_objects) return;
  const std::string prefix = path.empty() ? "" : path + ".";
  size_t index = 0;
  for (const auto& [key, item] : value.items()) {
    if (value.is_object())
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
