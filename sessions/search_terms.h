// SPDX-License-Identifier: Apache-2.0
// What a search text asks for, and where it is found: pure functions on UTF-8, shared with the browser's highlighting.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/api.h"

namespace vitrine {

inline constexpr size_t kExcerptCharacters = 120;

/// Terms between spaces; "two words" in quotation marks are one term. At most 16.
VT_API std::vector<std::string> search_terms(std::string_view text);
/// Code points of UTF-8 text.
VT_API size_t characters(std::string_view text) noexcept;
/// Byte offset of `term` in `text` from `from` on, ASCII letters alike in both cases; npos: absent.
VT_API size_t find_folded(std::string_view text, std::string_view term, size_t from = 0) noexcept;
/// `count` characters of `text` from byte `from`, line breaks and runs of spaces as one space, an ellipsis where it is
/// cut.
VT_API std::string one_line(std::string_view text, size_t from, size_t count);
/// One line with the place `at` near its beginning.
VT_API std::string excerpt_around(std::string_view text, size_t at);

}  // namespace vitrine
