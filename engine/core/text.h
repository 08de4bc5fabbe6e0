// SPDX-License-Identifier: Apache-2.0
// Joining values into one string (g++ 12 has no std::format); letter case.
#pragma once

#include <sstream>
#include <string>

namespace vitrine {

/// cat("layer ", 3, " of ", 12) == "layer 3 of 12"
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return std::move(out).str();
}

/// ASCII letters in capitals.
inline std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
  return text;
}

}  // namespace vitrine
