// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/utf8.h"

#include <utf8proc.h>

#include <cstring>

#include "engine/text/jinja/limits.h"

namespace vitrine::jinja {

std::optional<size_t> find_bad_utf8(std::string_view text) {
  const auto* data = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    utf8proc_int32_t c = 0;
    const utf8proc_ssize_t used = utf8proc_iterate(data + at, static_cast<utf8proc_ssize_t>(text.size() - at), &c);
    if (used <= 0) return at;
    at += static_cast<size_t>(used);
  }
  return std::nullopt;
}

int64_t count_code_points(std::string_view text) noexcept {
  int64_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

char32_t next_code_point(std::string_view text, size_t& at) noexcept {
  const auto byte = [&](size_t i) -> char32_t { return static_cast<unsigned char>(text[i]); };
  const char32_t lead = byte(at++);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  char32_t c = lead & (0x3F >> more);
  for (int i = 0; i < more && at < text.size(); ++i) c = (c << 6) | (byte(at++) & 0x3F);
  return c;
}

char32_t previous_code_point(std::string_view text, size_t& at) noexcept {
  --at;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  size_t copy = at;
  return next_code_point(text, copy);
}

size_t byte_offset(std::string_view text, int64_t index) noexcept {
  size_t at = 0;
  while (index > 0 && at < text.size()) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    --index;
  }
  return at;
}

void append_code_point(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) out += next_code_point(text, at);
  return out;
}

std::string encode_utf8(std::u32string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t c : text) append_code_point(out, c);
  return out;
}

bool is_space(char32_t c) noexcept {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}
bool is_line_break(char32_t c) noexcept {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static int category(char32_t c) noexcept { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

bool is_alpha(char32_t c) noexcept {
  const int k = category(c);
  return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}
bool is_decimal(char32_t c) noexcept { return category(c) == UTF8PROC_CATEGORY_ND; }
bool is_digit(char32_t c) noexcept {
  return is_decimal(c) || c == 0xB2 || c == 0xB3 || c == 0xB9 || c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ||
         (c >= 0x2080 && c <= 0x2089) || (c >= 0x2460 && c <= 0x2468) || (c >= 0x2474 && c <= 0x247C) ||
         (c >= 0x2488 && c <= 0x2490) || c == 0x24EA || (c >= 0x24F5 && c <= 0x24FD) || c == 0x24FF ||
         (c >= 0x2776 && c <= 0x277E) || (c >= 0x2780 && c <= 0x2788) || (c >= 0x278A && c <= 0x2792);
}
bool is_numeric(char32_t c) noexcept {
  const int k = category(c);
  return k == UTF8PROC_CATEGORY_ND || k == UTF8PROC_CATEGORY_NL || k == UTF8PROC_CATEGORY_NO;
}
bool is_word(char32_t c) noexcept { return c == '_' || is_alpha(c) || is_numeric(c); }
bool is_lower(char32_t c) noexcept { return c == 0xAA || c == 0xBA || utf8proc_islower(static_cast<int32_t>(c)); }
bool is_upper(char32_t c) noexcept { return utf8proc_isupper(static_cast<int32_t>(c)) != 0; }
bool is_title(char32_t c) noexcept { return category(c) == UTF8PROC_CATEGORY_LT; }
bool is_cased(char32_t c) noexcept { return is_lower(c) || is_upper(c) || is_title(c); }
bool is_printable(char32_t c) noexcept {
  if (c == ' ') return true;
  switch (category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS:
      return false;
    default:
      return true;
  }
}

bool is_identifier(std::string_view name) noexcept {
  for (size_t at = 0; at < name.size();) {
    const bool first = at == 0;
    const char32_t c = next_code_point(name, at);
    const int k = category(c);
    const bool start = c == '_' || is_alpha(c) || k == UTF8PROC_CATEGORY_NL;
    const bool rest = k == UTF8PROC_CATEGORY_ND || k == UTF8PROC_CATEGORY_MN || k == UTF8PROC_CATEGORY_MC ||
                      k == UTF8PROC_CATEGORY_PC || c == 0xB7;
    if (!start && (first || !rest)) return false;
  }
  return !name.empty();
}

std::string_view trim_left(std::string_view text) noexcept {
  size_t at = 0;
  while (at < text.size()) {
    size_t next = at;
    if (!is_space(next_code_point(text, next))) break;
    at = next;
  }
  return text.substr(at);
}

std::string_view trim_right(std::string_view text) noexcept {
  size_t end = text.size();
  while (end > 0) {
    size_t before = end;
    if (!is_space(previous_code_point(text, before))) break;
    end = before;
  }
  return text.substr(0, end);
}

std::vector<std::string_view> split_lines(std::string_view text, bool keep_ends) {
  std::vector<std::string_view> lines;
  size_t start = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = at;
    const char32_t c = next_code_point(text, at);
    if (!is_line_break(c)) continue;
    if (c == '\r' && at < text.size() && text[at] == '\n') ++at;
    lines.push_back(text.substr(start, (keep_ends ? at : end) - start));
    start = at;
  }
  if (start < text.size()) lines.push_back(text.substr(start));
  return lines;
}

size_t find_bytes(std::string_view text, std::string_view needle, size_t from) noexcept {
  if (from > text.size()) return std::string_view::npos;
  if (needle.empty()) return from;
  const void* hit = memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  return hit == nullptr ? std::string_view::npos : static_cast<size_t>(static_cast<const char*>(hit) - text.data());
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to, int64_t count) {
  std::string out;
  size_t at = 0;
  const auto room = [&](size_t more) {
    if (static_cast<int64_t>(out.size() + more) > budget.output_limit) out_of_memory();
  };
  if (from.empty()) {  // Python inserts before every character and at the end
    while (count != 0) {
      room(to.size());
      out += to;
      --count;
      if (at >= text.size()) break;
      const size_t start = at;
      next_code_point(text, at);
      out += text.substr(start, at - start);
    }
    return out.append(text.substr(at));
  }
  while (count != 0) {
    const size_t hit = find_bytes(text, from, at);
    if (hit == std::string_view::npos) break;
    out += text.substr(at, hit - at);
    room(to.size());
    out += to;
    at = hit + from.size();
    --count;
  }
  return out.append(text.substr(at));
}

}  // namespace vitrine::jinja
