// SPDX-License-Identifier: Apache-2.0
// The 256 printable characters which byte-level vocabularies write bytes with: printable Latin-1 stands for itself, the
// other 68 bytes for U+0100 onwards (Radford et al. 2019, GPT-2 encoder.py, bytes_to_unicode).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::text {

/// byte -> character
const std::array<char32_t, 256>& byte_alphabet() noexcept;
/// character -> byte, -1 if it stands for none
int byte_of(char32_t c) noexcept;
/// A piece's bytes; nothing if one of its characters is outside the alphabet.
std::optional<std::string> bytes_of_piece(std::string_view piece);
/// The piece which stands for `bytes`.
std::string piece_of_bytes(std::string_view bytes);

}  // namespace vitrine::text
