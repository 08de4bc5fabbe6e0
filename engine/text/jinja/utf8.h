// SPDX-License-Identifier: Apache-2.0
// Code points in UTF-8 text, with Python's idea of white space, letters, digits, case and printable characters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::jinja {

/// Byte offset of the first malformed sequence (lone surrogates count as malformed); nullopt when all is well.
std::optional<size_t> find_bad_utf8(std::string_view text);
int64_t count_code_points(std::string_view text) noexcept;
/// The code point at `at`, which moves past it. The text is valid UTF-8.
char32_t next_code_point(std::string_view text, size_t& at) noexcept;
/// The code point that ends at `at`, which moves before it.
char32_t previous_code_point(std::string_view text, size_t& at) noexcept;
/// Byte offset of code point `index` (0 <= index <= length).
size_t byte_offset(std::string_view text, int64_t index) noexcept;
void append_code_point(std::string& out, char32_t c);
std::u32string decode_utf8(std::string_view text);
std::string encode_utf8(std::u32string_view text);

bool is_space(char32_t c) noexcept;
bool is_line_break(char32_t c) noexcept;
bool is_alpha(char32_t c) noexcept;
bool is_decimal(char32_t c) noexcept;
bool is_digit(char32_t c) noexcept;
bool is_numeric(char32_t c) noexcept;
bool is_word(char32_t c) noexcept;  ///< regular expression \w
bool is_lower(char32_t c) noexcept;
bool is_upper(char32_t c) noexcept;
bool is_title(char32_t c) noexcept;
bool is_cased(char32_t c) noexcept;
bool is_printable(char32_t c) noexcept;
bool is_identifier(std::string_view name) noexcept;

enum class Case : uint8_t { lower, upper, title, fold };
/// The full case mapping of one code point.
void append_cased(std::string& out, char32_t c, Case to);
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
std::string to_title(std::string_view text);        ///< str.title()
std::string to_capitalized(std::string_view text);  ///< str.capitalize()
std::string to_swapped(std::string_view text);
std::string to_folded(std::string_view text);

std::string_view trim_left(std::string_view text) noexcept;
std::string_view trim_right(std::string_view text) noexcept;
inline std::string_view trim(std::string_view text) noexcept { return trim_right(trim_left(text)); }

/// str.splitlines(); with keep_ends each line keeps its break.
std::vector<std::string_view> split_lines(std::string_view text, bool keep_ends = false);
/// Offset of `needle` at or after `from` in linear time; npos when absent.
size_t find_bytes(std::string_view text, std::string_view needle, size_t from = 0) noexcept;
/// str.replace(); count < 0 replaces all.
std::string replace_all(std::string_view text, std::string_view from, std::string_view to, int64_t count = -1);

}  // namespace vitrine::jinja
