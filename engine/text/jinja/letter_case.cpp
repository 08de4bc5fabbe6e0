// SPDX-License-Identifier: Apache-2.0
// Upper, lower and title case as Python's str has them: the full mappings of Unicode, including the final sigma.
#include <utf8proc.h>

#include <algorithm>
#include <iterator>

#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {
struct SpecialCase {
  char32_t code_point;
  std::u32string_view upper, title, folded;
};
constexpr SpecialCase kSpecialCases[] = {
#include "engine/text/jinja/special_casing.inc"
};

const SpecialCase* special_case(char32_t c) {
  const SpecialCase* hit = std::lower_bound(std::begin(kSpecialCases), std::end(kSpecialCases), c,
                                            [](const SpecialCase& s, char32_t x) { return s.code_point < x; });
  return hit != std::end(kSpecialCases) && hit->code_point == c ? hit : nullptr;
}

/// Characters that do not end or begin a word when a sigma looks around (Unicode Case_Ignorable, by category).
bool case_ignorable(char32_t c) {
  if (c == '\'' || c == '.' || c == ':' || c == 0xB7 || c == 0x2018 || c == 0x2019) return true;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      return false;
  }
}

/// A sigma after a cased letter and not before one is written as final sigma.
bool final_sigma(std::string_view text, size_t before, size_t after) {
  bool cased_before = false;
  while (before > 0) {
    const char32_t c = previous_code_point(text, before);
    if (case_ignorable(c)) continue;
    cased_before = is_cased(c);
    break;
  }
  if (!cased_before) return false;
  while (after < text.size()) {
    const char32_t c = next_code_point(text, after);
    if (!case_ignorable(c)) return !is_cased(c);
  }
  return true;
}

/// Lower case of the code point that lies between `start` and `end` in `text`.
void append_lower_at(std::string& out, std::string_view text, size_t start, size_t end, char32_t c) {
  if (c == 0x3A3)
    append_code_point(out, final_sigma(text, start, end) ? 0x3C2 : 0x3C3);
  else
    append_cased(out, c, Case::lower);
}
}  // namespace

void append_cased(std::string& out, char32_t c, Case to) {
  const auto simple = static_cast<utf8proc_int32_t>(c);
  if (c < 0x80) {
    const bool up = to == Case::upper || to == Case::title;
    if (up && c >= 'a' && c <= 'z') c -= 32;
    if (!up && c >= 'A' && c <= 'Z') c += 32;
    out += static_cast<char>(c);
    return;
  }
  if (to == Case::lower && c == 0x130) {
    out += "i\xCC\x87";
    return;
  }
  if (to != Case::lower) {
    if (const SpecialCase* special = special_case(c)) {
      const std::u32string_view mapped = to == Case::upper   ? special->upper
                                         : to == Case::title ? special->title
                                                             : special->folded;
      for (const char32_t m : mapped) append_code_point(out, m);
      if (!mapped.empty()) return;
    }
  }
  utf8proc_int32_t mapped = to == Case::upper   ? utf8proc_toupper(simple)
                            : to == Case::title ? utf8proc_totitle(simple)
                                                : utf8proc_tolower(simple);
  if (to == Case::fold && mapped == simple && utf8proc_toupper(simple) != simple)
    mapped = utf8proc_tolower(utf8proc_toupper(simple));
  append_code_point(out, static_cast<char32_t>(mapped));
}

std::string to_upper(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) append_cased(out, next_code_point(text, at), Case::upper);
  return out;
}

std::string to_lower(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const char32_t c = next_code_point(text, at);
    append_lower_at(out, text, start, at, c);
  }
  return out;
}

std::string to_folded(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) append_cased(out, next_code_point(text, at), Case::fold);
  return out;
}

std::string to_title(std::string_view text) {
  std::string out;
  bool inside = false;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const char32_t c = next_code_point(text, at);
    if (inside)
      append_lower_at(out, text, start, at, c);
    else
      append_cased(out, c, Case::title);
    inside = is_cased(c);
  }
  return out;
}

std::string to_capitalized(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const char32_t c = next_code_point(text, at);
    if (start == 0)
      append_cased(out, c, Case::title);
    else
      append_lower_at(out, text, start, at, c);
  }
  return out;
}

std::string to_swapped(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const char32_t c = next_code_point(text, at);
    if (is_upper(c))
      append_lower_at(out, text, start, at, c);
    else if (is_lower(c))
      append_cased(out, c, Case::upper);
    else
      append_code_point(out, c);
  }
  return out;
}

}  // namespace vitrine::jinja
