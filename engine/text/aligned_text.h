// SPDX-License-Identifier: Apache-2.0
// A text under normalization: each byte remembers which bytes of the original it came from.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/regex.h"
#include "engine/text/unicode.h"

namespace vitrine::text {

/// Bytes [begin, end) of the original text.
struct Origin {
  uint32_t begin = 0, end = 0;
};

/// One section between added tokens while normalizers rewrite it. The rules of alignment are those of the reference's
/// NormalizedString: a replacing character takes the place of the old one, an inserted one that of the character
/// before.
class AlignedText {
 public:
  /// `start`: where characters inserted at the very beginning belong.
  AlignedText(std::string text, std::vector<Origin> origins, uint32_t start)
      : text_(std::move(text)), origins_(std::move(origins)), start_(start) {}

  const std::string& text() const noexcept { return text_; }
  const std::vector<Origin>& origins() const noexcept { return origins_; }
  bool empty() const noexcept { return text_.empty(); }

  /// The new text, character by character; the first `dropped` old characters are gone.
  void transform(std::span<const Change> changes, size_t dropped = 0);
  /// For rewrites with alignment rules of their own; one origin per byte.
  void assign(std::string text, std::vector<Origin> origins) {
    text_ = std::move(text);
    origins_ = std::move(origins);
  }
  void prepend(std::string_view s);
  void append(std::string_view s);
  /// Each match becomes `content`, aligned with the match's last character.
  void replace(const std::vector<Match>& matches, std::string_view content);
  std::vector<char32_t> characters() const;

  /// Keeps the characters for which keep(c) holds.
  template <class Keep>
  void filter(Keep&& keep) {
    std::vector<Change> changes;
    size_t dropped = 0;
    int removed = 0;
    for (const char32_t c : characters()) {
      if (!keep(c)) {
        ++removed;
        continue;
      }
      if (changes.empty()) {
        dropped = size_t(removed);
      } else {
        changes.back().change = -removed;
      }
      removed = 0;
      changes.push_back({c, 0});
    }
    if (!changes.empty()) changes.back().change = -removed;
    transform(changes, dropped);
  }

 private:
  std::string text_;
  std::vector<Origin> origins_;  // one per byte of text_
  uint32_t start_;
};

}  // namespace vitrine::text
