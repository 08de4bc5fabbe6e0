// SPDX-License-Identifier: Apache-2.0
#include "engine/text/json_fields.h"

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

static constexpr const char* kRemedy = "use the tokenizer.json which came with the checkpoint";

Fields::Fields(const Json& object, std::string place) : object_(object), place_(std::move(place)) {
  if (!object.is_object())
    throw Error(ErrorKind::format, cat("an object is expected, not ", object.type_name()), kRemedy, place_);
}

const Json* Fields::find(std::string_view name) const noexcept {
  const auto at = object_.find(name);
  return at == object_.end() || at->is_null() ? nullptr : &*at;
}

const Json& Fields::need(std::string_view name) const {
  if (const Json* value = find(name)) return *value;
  throw Error(ErrorKind::format, cat("the field '", name, "' is missing"), kRemedy, place_);
}

void Fields::fail(std::string_view name, std::string_view expected) const {
  throw Error(ErrorKind::format, cat("the field '", name, "' should be ", expected), kRemedy, place_);
}

void Fields::unknown_type() const {
  throw Error(ErrorKind::unsupported, cat("the component type '", type(), "' is not known"),
              "this program has no code for it; report the checkpoint", place_);
}

std::string Fields::string(std::string_view name) const {
  const Json& value = need(name);
  if (!value.is_string()) fail(name, "a string");
  return value.get<std::string>();
}

std::string Fields::string_or(std::string_view name, std::string fallback) const {
  return find(name) ? string(name) : std::move(fallback);
}

bool Fields::boolean(std::string_view name) const {
  const Json& value = need(name);
  if (!value.is_boolean()) fail(name, "true or false");
  return value.get<bool>();
}

bool Fields::boolean_or(std::string_view name, bool fallback) const { return find(name) ? boolean(name) : fallback; }

int64_t Fields::integer(std::string_view name) const {
  const Json& value = need(name);
  if (!value.is_number_integer()) fail(name, "an integer");
  if (value.is_number_unsigned() && value.get<uint64_t>() > uint64_t(INT64_MAX)) fail(name, "a smaller integer");
  return value.get<int64_t>();
}

int64_t Fields::integer_or(std::string_view name, int64_t fallback) const {
  return find(name) ? integer(name) : fallback;
}

char32_t Fields::character(std::string_view name) const {
  const std::string text = string(name);
  if (text.empty()) fail(name, "one character");
  size_t size;
  const char32_t c = utf8_decode(text.data(), size);
  if (size != text.size()) fail(name, "one character");
  return c;
}

const Json& Fields::array(std::string_view name) const {
  const Json& value = need(name);
  if (!value.is_array()) fail(name, "an array");
  return value;
}

int32_t json_id(const Json& value, const std::string& place) {
  if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<uint64_t>() > uint64_t(INT32_MAX)) ||
      value.get<int64_t>() < 0 || value.get<int64_t>() > INT32_MAX)
    throw Error(ErrorKind::format, cat("'", value.dump().substr(0, 40), "' is no token id"), kRemedy, place);
  return value.get<int32_t>();
}

}  // namespace vitrine::text
