// SPDX-License-Identifier: Apache-2.0
// Terms and excerpts.
#include "sessions/search_terms.h"

#include <algorithm>
#include <cstdint>

namespace vitrine {

static constexpr size_t kMostTerms = 16;
static constexpr size_t kLead = 24;  // characters of an excerpt before what was found

static bool continues(char c) noexcept { return (uint8_t(c) & 0xC0) == 0x80; }
static bool space(char c) noexcept { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
static char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }

std::vector<std::string> search_terms(std::string_view text) {
  std::vector<std::string> terms;
  for (size_t at = 0; at < text.size() && terms.size() < kMostTerms;) {
    if (space(text[at])) {
      ++at;
      continue;
    }
    const bool quoted = text[at] == '"' && text.find('"', at + 1) != std::string_view::npos;
    const size_t from = at + (quoted ? 1 : 0);
    size_t end = quoted ? text.find('"', from) : from;
    while (!quoted && end < text.size() && !space(text[end])) ++end;
    if (end > from) terms.emplace_back(text.substr(from, end - from));
    at = end + (quoted ? 1 : 0);
  }
  return terms;
}

size_t characters(std::string_view text) noexcept {
  return size_t(std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

size_t find_folded(std::string_view text, std::string_view term, size_t from) noexcept {
  if (from > text.size()) return std::string_view::npos;
  const auto found = std::search(text.begin() + std::ptrdiff_t(from), text.end(), term.begin(), term.end(),
                                 [](char a, char b) { return lower(a) == lower(b); });
  return found == text.end() && !term.empty() ? std::string_view::npos : size_t(found - text.begin());
}

std::string one_line(std::string_view text, size_t from, size_t count) {
  std::string line;
  size_t at = from;
  for (size_t taken = 0; at < text.size() && taken < count; ++taken) {
    if (space(text[at])) {
      while (at < text.size() && space(text[at])) ++at;
      if (!line.empty()) line += ' ';
      continue;
    }
    line += text[at++];
    while (at < text.size() && continues(text[at])) line += text[at++];
  }
  return at < text.size() ? line + "\u2026" : line;
}

std::string excerpt_around(std::string_view text, size_t at) {
  size_t from = at;
  for (size_t back = 0; from > 0 && back < kLead; ++back) {
    --from;
    while (from > 0 && continues(text[from])) --from;
  }
  // Begin at a word where one is near.
  if (from > 0)
    if (const size_t gap = text.find(' ', from); gap < at) from = gap + 1;
  return (from > 0 ? "\u2026" : "") + one_line(text, from, kExcerptCharacters);
}

}  // namespace vitrine
