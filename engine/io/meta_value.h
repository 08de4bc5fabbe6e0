// SPDX-License-Identifier: Apache-2.0
// Reading MetaValues by type, and the ordered table a container fills.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/core/api.h"
#include "engine/io/weight_source.h"

namespace vitrine {

// Each is nullopt (nullptr) when the value is absent (nullptr) or of another type.
/// An integer, or a float without a fraction.
VT_API std::optional<int64_t> meta_i64(const MetaValue* value);
/// A float or an integer.
VT_API std::optional<double> meta_f64(const MetaValue* value);
VT_API std::optional<bool> meta_bool(const MetaValue* value);
VT_API const std::string* meta_str(const MetaValue* value);
VT_API const MetaArray* meta_array(const MetaValue* value);
/// True for a JSON null as well.
VT_API bool meta_absent(const MetaValue* value);

/// "integer", "list", ...: for messages.
VT_API std::string_view meta_type_name(const MetaValue& value);
/// One line: strings in quotes and shortened, of a long list the length and the first `shown` entries.
VT_API std::string meta_text(const MetaValue& value, size_t shown = 4);

/// Keys in the order of the file, each once.
class MetaTable {
 public:
  MetaTable() = default;
  MetaTable(MetaTable&&) = default;
  MetaTable& operator=(MetaTable&&) = default;
  /// False, and nothing added, when the key is there already.
  bool add(std::string key, MetaValue value);
  const MetaValue* find(std::string_view key) const;
  std::vector<std::string> keys() const;
  size_t size() const noexcept { return entries_.size(); }

 private:
  std::deque<std::pair<std::string, MetaValue>> entries_;  // a deque: the index points into it
  std::unordered_map<std::string_view, const MetaValue*> index_;
};

}  // namespace vitrine
