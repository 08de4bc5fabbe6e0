// SPDX-License-Identifier: Apache-2.0
// Typed access to the fields of a tokenizer.json with errors that name the field. Used by tokenizer_json*.cpp only.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace vitrine::text {

using Json = nlohmann::json;

/// An object and where it is in the file ("pre_tokenizer.pretokenizers[1]").
class Fields {
 public:
  Fields(const Json& object, std::string place);

  const std::string& place() const noexcept { return place_; }
  /// The value of "type".
  std::string type() const { return string("type"); }
  /// nullptr if the field is absent or null.
  const Json* find(std::string_view name) const noexcept;
  const Json& need(std::string_view name) const;

  std::string string(std::string_view name) const;
  std::string string_or(std::string_view name, std::string fallback) const;
  bool boolean(std::string_view name) const;
  bool boolean_or(std::string_view name, bool fallback) const;
  int64_t integer(std::string_view name) const;
  int64_t integer_or(std::string_view name, int64_t fallback) const;
  char32_t character(std::string_view name) const;
  const Json& array(std::string_view name) const;

  [[noreturn]] void fail(std::string_view name, std::string_view expected) const;
  [[noreturn]] void unknown_type() const;

 private:
  const Json& object_;
  std::string place_;
};

/// A token id out of a JSON number. Throws Error{format} naming `place`.
int32_t json_id(const Json& value, const std::string& place);

}  // namespace vitrine::text
