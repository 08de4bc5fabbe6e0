// SPDX-License-Identifier: Apache-2.0
#include "engine/text/charsmap.h"

#include <cstring>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

Charsmap::Charsmap(std::string_view blob) {
  uint32_t size = 0;
  if (blob.size() >= 4) std::memcpy(&size, blob.data(), 4);
  if (blob.size() < 4 || size % 4 != 0 || size < 4 || blob.size() - 4 < size)
    throw Error(ErrorKind::format,
                cat("the precompiled charsmap (", blob.size(), " bytes) does not hold its own table"),
                "use the tokenizer file which came with the checkpoint", "precompiled_charsmap");
  units_.resize(size / 4);
  std::memcpy(units_.data(), blob.data() + 4, size);
  replacements_ = blob.substr(4 + size);
  if (utf8_valid_prefix(replacements_) != replacements_.size())
    throw Error(ErrorKind::format, "the precompiled charsmap's replacements are not UTF-8",
                "use the tokenizer file which came with the checkpoint", "precompiled_charsmap");
}

std::optional<std::string_view> Charsmap::search(std::string_view text, bool stop_at_first, size_t* length) const {
  const auto offset = [](uint32_t unit) { return size_t(unit >> 10) << ((unit & (1u << 9)) >> 6); };
  std::optional<uint32_t> value;
  size_t node = offset(units_[0]);
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = uint8_t(text[i]);
    if (c == 0) break;
    node ^= c;
    if (node >= units_.size()) break;
    const uint32_t unit = units_[node];
    if ((unit & (1u << 31 | 0xFF)) != c) break;
    node ^= offset(unit);
    if (unit >> 8 & 1) {
      if (node >= units_.size()) break;
      value = units_[node] & ~(1u << 31);
      if (length) *length = i + 1;
      if (stop_at_first) break;
    }
  }
  if (!value || *value > replacements_.size()) return std::nullopt;
  if (*value < replacements_.size() && is_continuation(replacements_[*value])) return std::nullopt;
  const std::string_view rest = std::string_view(replacements_).substr(*value);
  return rest.substr(0, rest.find('\0'));
}

std::optional<std::string_view> Charsmap::shortest(std::string_view text, size_t* length) const {
  return search(text, true, length);
}

std::optional<std::string_view> Charsmap::longest(std::string_view text, size_t* length) const {
  return search(text, false, length);
}

}  // namespace vitrine::text
