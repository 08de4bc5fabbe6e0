// SPDX-License-Identifier: Apache-2.0
// Text from files inside error messages: shortened, without control characters.
#pragma once

#include <string>
#include <string_view>

namespace vitrine {

/// At most `limit` bytes of `text`, control characters as '?': a file's names must not steer a terminal.
inline std::string printable(std::string_view text, size_t limit = 256) {
  std::string shown;
  for (char c : text.substr(0, limit)) shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return shown + (text.size() > limit ? "..." : "");
}

/// The same in quotes, at most 80 bytes.
inline std::string in_quotes(std::string_view text) { return '"' + printable(text, 80) + '"'; }

}  // namespace vitrine
