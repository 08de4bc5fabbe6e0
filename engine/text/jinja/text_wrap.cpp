// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/text_wrap.h"

#include <algorithm>
#include <deque>

#include "engine/text/jinja/fault.h"
#include "engine/text/jinja/limits.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {
using Chunk = std::u32string;

bool blank(char32_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool letter(char32_t c) { return is_word(c) && !is_decimal(c); }
bool word_or_punctuation(char32_t c) {
  return is_word(c) || std::u32string_view(U"!\"'&.,?").find(c) != std::u32string_view::npos;
}

/// Cuts a paragraph into runs of white space, words, parts of hyphenated words and dashes (textwrap's wordsep_re).
class Splitter {
 public:
  Splitter(const std::u32string& text, bool hyphens) : text_(text), hyphens_(hyphens) {}

  std::deque<Chunk> run() {
    std::deque<Chunk> chunks;
    while (at_ < text_.size()) {
      const size_t start = at_;
      at_ = blank(text_[at_]) ? blanks_end(at_) : hyphens_ ? word_end(at_) : plain_end(at_);
      chunks.push_back(text_.substr(start, at_ - start));
    }
    return chunks;
  }

 private:
  char32_t at(size_t i) const { return i < text_.size() ? text_[i] : U' '; }
  size_t blanks_end(size_t i) const {
    while (i < text_.size() && blank(text_[i])) ++i;
    return i;
  }
  size_t plain_end(size_t i) const {
    while (i < text_.size() && !blank(text_[i])) ++i;
    return i;
  }
  size_t dashes_end(size_t i) const {
    while (i < text_.size() && text_[i] == '-') ++i;
    return i;
  }
  bool dash_between_words(size_t i) const {
    const size_t end = dashes_end(i);
    return i > 0 && word_or_punctuation(at(i - 1)) && end >= i + 2 && end < text_.size() && is_word(at(end));
  }
  size_t word_end(size_t start) const {
    if (dash_between_words(start)) return dashes_end(start);
    for (size_t i = start; i < text_.size(); ++i) {
      // i is the last character taken so far (at least one is)
      if (i > start && text_[i] == '-' && hyphen_breaks(i)) return i + 1;
      if (i + 1 >= text_.size() || blank(text_[i + 1])) return i + 1;
      if (text_[i + 1] == '-' && dash_between_words(i + 1)) return i + 1;
    }
    return text_.size();
  }
  bool hyphen_breaks(size_t i) const {
    const bool before = (i >= 2 && letter(at(i - 1)) && letter(at(i - 2))) ||
                        (i >= 3 && word_or_punctuation(at(i - 1)) && at(i - 2) == '-' && letter(at(i - 3)));
    const bool after = i + 1 < text_.size() && letter(at(i + 1)) &&
                       ((i + 2 < text_.size() && letter(at(i + 2))) ||
                        (at(i + 2) == '-' && i + 3 < text_.size() && letter(at(i + 3))));
    return before && after;
  }

  const std::u32string& text_;
  bool hyphens_;
  size_t at_ = 0;
};

bool all_blank(const Chunk& chunk) { return std::all_of(chunk.begin(), chunk.end(), is_space); }

/// A word that is longer than a line: as much of it as fits.
void break_word(std::deque<Chunk>& chunks, std::vector<Chunk>& line, int64_t used, int64_t width, bool break_long,
                bool hyphens) {
  const int64_t left = std::max<int64_t>(width < 1 ? 1 : width - used, 0);
  if (break_long) {
    size_t end = static_cast<size_t>(left);
    Chunk& chunk = chunks.front();
    if (hyphens && static_cast<int64_t>(chunk.size()) > left) {
      const size_t hyphen = end == 0 ? Chunk::npos : chunk.rfind(U'-', end - 1);
      if (hyphen != Chunk::npos && hyphen > 0 &&
          std::any_of(chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(hyphen),
                      [](char32_t c) { return c != '-'; }))
        end = hyphen + 1;
    }
    line.push_back(chunk.substr(0, end));
    chunk.erase(0, end);
  } else if (line.empty()) {
    line.push_back(std::move(chunks.front()));
    chunks.pop_front();
  }
}
}  // namespace

std::vector<std::string> wrap_text(std::string_view utf8, int64_t width, bool break_long_words, bool break_on_hyphens) {
  if (width <= 0) raise_value("invalid width " + std::to_string(width) + " (must be > 0)");
  const std::u32string text = decode_utf8(utf8);
  std::deque<Chunk> chunks = Splitter(text, break_on_hyphens).run();
  std::vector<std::string> lines;
  while (!chunks.empty()) {
    spend(1);
    std::vector<Chunk> line;
    int64_t used = 0;
    if (!lines.empty() && all_blank(chunks.front())) chunks.pop_front();
    while (!chunks.empty() && used + static_cast<int64_t>(chunks.front().size()) <= width) {
      used += static_cast<int64_t>(chunks.front().size());
      line.push_back(std::move(chunks.front()));
      chunks.pop_front();
    }
    if (!chunks.empty() && static_cast<int64_t>(chunks.front().size()) > width) {
      spend_bytes(4 * chunks.front().size());
      break_word(chunks, line, used, width, break_long_words, break_on_hyphens);
    }
    if (!line.empty() && all_blank(line.back())) line.pop_back();
    if (line.empty()) continue;
    std::string out;
    for (const Chunk& chunk : line) out += encode_utf8(chunk);
    lines.push_back(std::move(out));
  }
  return lines;
}

}  // namespace vitrine::jinja
