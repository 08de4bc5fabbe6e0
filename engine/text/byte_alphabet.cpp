// SPDX-License-Identifier: Apache-2.0
#include "engine/text/byte_alphabet.h"

#include "engine/text/utf8.h"

namespace vitrine::text {

static std::array<char32_t, 256> build_alphabet() noexcept {
  std::array<char32_t, 256> alphabet{};
  char32_t next = 256;
  for (char32_t b = 0; b < 256; ++b) {
    const bool itself = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
    alphabet[b] = itself ? b : next++;
  }
  return alphabet;
}

const std::array<char32_t, 256>& byte_alphabet() noexcept {
  static const std::array<char32_t, 256> alphabet = build_alphabet();
  return alphabet;
}

int byte_of(char32_t c) noexcept {
  static const std::array<int16_t, 324> inverse = [] {
    std::array<int16_t, 324> table;
    table.fill(-1);
    for (int b = 0; b < 256; ++b) table[byte_alphabet()[size_t(b)]] = int16_t(b);
    return table;
  }();
  return c < inverse.size() ? inverse[c] : -1;
}

std::optional<std::string> bytes_of_piece(std::string_view piece) {
  std::string bytes;
  bytes.reserve(piece.size());
  for (size_t i = 0, size; i < piece.size(); i += size) {
    const int b = byte_of(utf8_decode(piece.data() + i, size));
    if (b < 0) return std::nullopt;
    bytes += char(b);
  }
  return bytes;
}

std::string piece_of_bytes(std::string_view bytes) {
  std::string piece;
  piece.reserve(bytes.size() * 2);
  for (const char b : bytes) utf8_append(piece, byte_alphabet()[uint8_t(b)]);
  return piece;
}

}  // namespace vitrine::text
