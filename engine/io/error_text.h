// SPDX-License-Identifier: Apache-2.0
// Text from files inside error messages: shortened, without control characters.
#pragma once

#include <string>
#include <string_view>

namespace vitrine {

/// `text` in quotes, at most 80 bytes of it, control characters as '?'.
inline std::string in_quotes(std::string_view text) {
  constexpr size_t kShown = 80;
  std::string shown = "\"";
  for (char c : text.substr(0, kShown)) shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return shown + (text.size() > kShown ? "...\"" : "\"");
}

}  // namespace vitrine
