// SPDX-License-Identifier: Apache-2.0
// Regular expressions of tokenizer files. They are written for Oniguruma (Ruby syntax, Unicode 16); compiled by PCRE2
// after a translation of what the two understand differently (see regex_syntax.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::text {

/// A part of a text and whether the pattern matched it. Matches and gaps together cover the text.
struct Match {
  uint32_t begin = 0, end = 0;
  bool matched = false;
};

class Regex {
 public:
  /// Throws Error{format} with PCRE2's message and position.
  explicit Regex(std::string_view pattern);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  /// Matches and the gaps between them, in order. Empty matches are reported, but none directly after a match.
  /// Throws Error{input} if the pattern needs too many steps on this text.
  void find_all(std::string_view text, std::vector<Match>& out) const;
  const std::string& pattern() const noexcept { return pattern_; }

 private:
  struct Code;
  std::string pattern_;
  std::unique_ptr<const Code> code_;
};

/// The pattern for PCRE2 (UTF, UCP, MULTILINE).
std::string translate_pattern(std::string_view pattern);
/// `literal` as a pattern.
std::string escape_pattern(std::string_view literal);

}  // namespace vitrine::text
