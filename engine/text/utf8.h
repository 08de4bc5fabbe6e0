// SPDX-License-Identifier: Apache-2.0
// UTF-8 in and out. decode() and length() expect valid text; valid_prefix() and lossy() take anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vitrine::text {

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// Bytes of the character starting with `lead`.
inline size_t utf8_length(char lead) noexcept {
  const auto b = static_cast<uint8_t>(lead);
  return b < 0x80 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
}

/// The character at `p` of valid UTF-8; sets `size` to its bytes.
inline char32_t utf8_decode(const char* p, size_t& size) noexcept {
  const auto* b = reinterpret_cast<const uint8_t*>(p);
  if (b[0] < 0x80) return size = 1, b[0];
  if (b[0] < 0xE0) return size = 2, char32_t(b[0] & 0x1F) << 6 | (b[1] & 0x3F);
  if (b[0] < 0xF0) return size = 3, char32_t(b[0] & 0x0F) << 12 | char32_t(b[1] & 0x3F) << 6 | (b[2] & 0x3F);
  return size = 4,
         char32_t(b[0] & 0x07) << 18 | char32_t(b[1] & 0x3F) << 12 | char32_t(b[2] & 0x3F) << 6 | (b[3] & 0x3F);
}

inline void utf8_append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += char(c);
  } else if (c < 0x800) {
    out += {char(0xC0 | c >> 6), char(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    out += {char(0xE0 | c >> 12), char(0x80 | (c >> 6 & 0x3F)), char(0x80 | (c & 0x3F))};
  } else {
    out += {char(0xF0 | c >> 18), char(0x80 | (c >> 12 & 0x3F)), char(0x80 | (c >> 6 & 0x3F)), char(0x80 | (c & 0x3F))};
  }
}

inline std::string utf8(char32_t c) {
  std::string out;
  utf8_append(out, c);
  return out;
}

inline bool is_continuation(char c) noexcept { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

/// Where `bytes` stops being UTF-8: its size if it is all valid. `unfinished` tells that what follows could still
/// become a character if more bytes came.
size_t utf8_valid_prefix(std::string_view bytes, bool* unfinished = nullptr) noexcept;

/// Every maximal ill-formed subpart becomes one U+FFFD (Unicode 16, section 3.9, as most libraries do it).
std::string utf8_lossy(std::string_view bytes);

}  // namespace vitrine::text
