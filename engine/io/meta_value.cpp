// SPDX-License-Identifier: Apache-2.0
#include "engine/io/meta_value.h"

#include <cmath>
#include <cstdio>

#include "engine/core/text.h"
#include "engine/io/error_text.h"

namespace vitrine {

std::optional<int64_t> meta_i64(const MetaValue* value) {
  if (!value) return std::nullopt;
  if (const auto* integer = std::get_if<int64_t>(&value->value)) return *integer;
  if (const auto* number = std::get_if<double>(&value->value))
    if (std::nearbyint(*number) == *number && std::abs(*number) < 0x1p62) return int64_t(*number);
  return std::nullopt;
}

std::optional<double> meta_f64(const MetaValue* value) {
  if (!value) return std::nullopt;
  if (const auto* number = std::get_if<double>(&value->value)) return *number;
  if (const auto* integer = std::get_if<int64_t>(&value->value)) return double(*integer);
  if (const auto* large = std::get_if<uint64_t>(&value->value)) return double(*large);
  return std::nullopt;
}

std::optional<bool> meta_bool(const MetaValue* value) {
  const bool* flag = value ? std::get_if<bool>(&value->value) : nullptr;
  return flag ? std::optional<bool>(*flag) : std::nullopt;
}

const std::string* meta_str(const MetaValue* value) {
  return value ? std::get_if<std::string>(&value->value) : nullptr;
}

const MetaArray* meta_array(const MetaValue* value) {
  const auto* array = value ? std::get_if<std::shared_ptr<const MetaArray>>(&value->value) : nullptr;
  return array ? array->get() : nullptr;
}

bool meta_absent(const MetaValue* value) { return !value || std::holds_alternative<std::monostate>(value->value); }

std::string_view meta_type_name(const MetaValue& value) {
  static constexpr std::string_view kNames[] = {"null", "boolean", "integer", "float", "string", "list", "integer"};
  return kNames[value.value.index()];
}

std::string meta_text(const MetaValue& value, size_t shown) {
  if (const std::string* text = meta_str(&value)) return in_quotes(*text);
  if (const MetaArray* array = meta_array(&value)) {
    std::string text = array->size() > shown ? cat(array->size(), " entries: [") : "[";
    for (size_t i = 0; i < array->size() && i < shown; ++i) text += (i ? ", " : "") + meta_text((*array)[i], shown);
    return text + (array->size() > shown ? ", ...]" : "]");
  }
  if (const auto flag = meta_bool(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<int64_t>(&value.value)) return std::to_string(*integer);
  if (const auto* large = std::get_if<uint64_t>(&value.value)) return std::to_string(*large);
  if (const auto* number = std::get_if<double>(&value.value)) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.9g", *number);
    return buffer;
  }
  return "null";
}

bool MetaTable::add(std::string key, MetaValue value) {
  if (index_.contains(key)) return false;
  const auto& entry = entries_.emplace_back(std::move(key), std::move(value));
  index_.emplace(entry.first, &entry.second);
  return true;
}

const MetaValue* MetaTable::find(std::string_view key) const {
  const auto found = index_.find(key);
  return found == index_.end() ? nullptr : found->second;
}

std::vector<std::string> MetaTable::keys() const {
  std::vector<std::string> names;
  names.reserve(entries_.size());
  for (const auto& [key, value] : entries_) names.push_back(key);
  return names;
}

}  // namespace vitrine
