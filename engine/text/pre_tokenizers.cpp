// SPDX-License-Identifier: Apache-2.0
// Rules: tokenizers 0.23, src/pre_tokenizers/*.rs.
#include "engine/text/pre_tokenizers.h"

#include <algorithm>
#include <iterator>

#include "engine/text/byte_alphabet.h"
#include "engine/text/normalizers.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

namespace {

struct ScriptRange {
  uint32_t first, last;
  uint8_t script;
};
#include "engine/text/unicode_scripts.inc"

template <class Function>
class Simple final : public PreTokenizer {
 public:
  Simple(std::string name, Function function) : name_(std::move(name)), function_(std::move(function)) {}
  void apply(Pieces& pieces) const override { function_(pieces); }
  std::string description() const override { return name_; }

 private:
  std::string name_;
  Function function_;
};

template <class Function>
PreTokenizerPtr simple(std::string name, Function function) {
  return std::make_unique<Simple<Function>>(std::move(name), std::move(function));
}

/// Splits by find(text, matches), then the behavior.
template <class Find>
PreTokenizerPtr splitter(std::string name, Behavior behavior, bool invert, Find find) {
  return simple(std::move(name), [behavior, invert, find = std::move(find)](Pieces& pieces) {
    std::vector<Match> matches;
    cut_pieces(pieces, [&](std::string_view text, auto&& emit) {
      matches.clear();
      find(text, matches);
      apply_behavior(matches, behavior, invert, emit);
    });
  });
}

/// Each character for which is(c) holds is a match of its own.
template <class Is>
void find_characters(std::string_view text, std::vector<Match>& out, Is&& is) {
  size_t covered = 0;
  for (size_t i = 0, size; i < text.size(); i += size) {
    if (!is(utf8_decode(text.data() + i, size))) continue;
    if (covered < i) out.push_back({uint32_t(covered), uint32_t(i), false});
    covered = i + size;
    out.push_back({uint32_t(i), uint32_t(covered), true});
  }
  if (covered < text.size()) out.push_back({uint32_t(covered), uint32_t(text.size()), false});
}

template <class Is>
PreTokenizerPtr character_splitter(std::string name, Behavior behavior, Is is) {
  return splitter(std::move(name), behavior, false,
                  [is](std::string_view text, std::vector<Match>& out) { find_characters(text, out, is); });
}

// \w+|[^\w\s]+
void find_words(std::string_view text, std::vector<Match>& out) {
  const auto kind = [](char32_t c) { return is_word(c) ? 1 : is_space(c) ? 0 : 2; };
  for (size_t i = 0, size; i < text.size();) {
    const int k = kind(utf8_decode(text.data() + i, size));
    size_t end = i + size;
    while (end < text.size() && kind(utf8_decode(text.data() + end, size)) == k) end += size;
    out.push_back({uint32_t(i), uint32_t(end), k != 0});
    i = end;
  }
}

uint8_t script_of(char32_t c) noexcept {
  if (c == 0x30FC) return kHan;
  if (c == ' ') return kAnyScript;
  const auto* r = std::lower_bound(std::begin(kScripts), std::end(kScripts), c,
                                   [](const ScriptRange& range, char32_t value) { return range.last < value; });
  if (r == std::end(kScripts) || r->first > c) return kAnyScript;
  return r->script == kHiragana || r->script == kKatakana ? uint8_t(kHan) : r->script;
}

}  // namespace

PreTokenizerPtr make_split_regex(std::string_view pattern, Behavior behavior, bool invert) {
  const auto known = known_pattern(pattern);  // these leave no gaps
  if (known && (behavior == Behavior::isolated || (behavior == Behavior::removed && invert)))
    return make_split_fast(*known);
  auto regex = std::make_shared<const Regex>(pattern);
  return splitter("Split", behavior, invert,
                  [regex](std::string_view text, std::vector<Match>& out) { regex->find_all(text, out); });
}

PreTokenizerPtr make_split_string(std::string pattern, Behavior behavior, bool invert) {
  if (pattern.empty()) return make_split_regex("", behavior, invert);
  return splitter("Split", behavior, invert,
                  [pattern = std::move(pattern)](std::string_view text, std::vector<Match>& out) {
                    find_string(text, pattern, out);
                  });
}

namespace {
class FastSplit final : public PreTokenizer {
 public:
  explicit FastSplit(FastPattern pattern) : pattern_(pattern) {}
  void apply(Pieces& pieces) const override {
    cut_pieces(pieces, [&](std::string_view text, auto&& emit) { fast_split(pattern_, text, emit); });
  }
  std::string description() const override { return "Split"; }
  std::optional<FastPattern> fast_pattern() const noexcept override { return pattern_; }

 private:
  FastPattern pattern_;
};

bool is_decimal(char32_t c) noexcept { return category(c) == Category::Nd; }

class Digits final : public PreTokenizer {
 public:
  Digits(bool individual, bool decimals) : individual_(individual), decimals_(decimals) {}
  void apply(Pieces& pieces) const override {
    std::vector<Match> matches;
    cut_pieces(pieces, [&](std::string_view text, auto&& emit) {
      matches.clear();
      find_characters(text, matches, decimals_ ? is_decimal : is_numeric);
      apply_behavior(matches, individual_ ? Behavior::isolated : Behavior::contiguous, false, emit);
    });
  }
  std::string description() const override { return "Digits"; }
  std::optional<FastPattern> fused_with(FastPattern next) const noexcept override {
    if (!individual_ || next != FastPattern::gpt2) return std::nullopt;
    return decimals_ ? FastPattern::gpt2_decimals : FastPattern::gpt2_digits;
  }

 private:
  bool individual_, decimals_;
};
}  // namespace

PreTokenizerPtr make_split_fast(FastPattern pattern) { return std::make_unique<FastSplit>(pattern); }

PreTokenizerPtr make_punctuation(Behavior behavior) {
  return character_splitter("Punctuation", behavior, is_punctuation_bert);
}

PreTokenizerPtr make_digits(bool individual) { return std::make_unique<Digits>(individual, false); }

PreTokenizerPtr make_decimals() { return std::make_unique<Digits>(true, true); }

PreTokenizerPtr make_whitespace() { return splitter("Whitespace", Behavior::removed, true, find_words); }

PreTokenizerPtr make_whitespace_split() { return character_splitter("WhitespaceSplit", Behavior::removed, is_space); }

PreTokenizerPtr make_char_delimiter(char32_t delimiter) {
  return character_splitter("CharDelimiterSplit", Behavior::removed,
                            [delimiter](char32_t c) { return c == delimiter; });
}

PreTokenizerPtr make_bert_pre_tokenizer() {
  std::shared_ptr<const PreTokenizer> spaces = make_whitespace_split(), marks = make_punctuation(Behavior::isolated);
  return simple("BertPreTokenizer", [spaces, marks](Pieces& pieces) {
    spaces->apply(pieces);
    marks->apply(pieces);
  });
}

PreTokenizerPtr make_unicode_scripts() {
  return simple("UnicodeScripts", [](Pieces& pieces) {
    cut_pieces(pieces, [](std::string_view text, auto&& emit) {
      // Cuts where the script changes; before the first cut nothing is kept, as in the reference.
      int last = -1;
      size_t begin = std::string_view::npos;
      for (size_t i = 0, size; i < text.size(); i += size) {
        const int script = script_of(utf8_decode(text.data() + i, size));
        if (script == kAnyScript) continue;
        if (last != script) {
          if (begin != std::string_view::npos) emit(uint32_t(begin), uint32_t(i));
          begin = i;
        }
        last = script;
      }
      if (begin != std::string_view::npos) emit(uint32_t(begin), uint32_t(text.size()));
    });
  });
}

PreTokenizerPtr make_fixed_length(size_t characters) {
  return simple("FixedLength", [characters](Pieces& pieces) {
    cut_pieces(pieces, [characters](std::string_view text, auto&& emit) {
      for (size_t begin = 0, end = 0; begin < text.size(); begin = end) {
        for (size_t n = 0; n < characters && end < text.size(); ++n) end += utf8_length(text[end]);
        emit(uint32_t(begin), uint32_t(end));
      }
    });
  });
}

PreTokenizerPtr make_metaspace(char32_t replacement, PrependScheme scheme, bool split) {
  const std::string mark = utf8(replacement);
  return simple("Metaspace", [=](Pieces& pieces) {
    rewrite_pieces(pieces, [&](AlignedText& text, const Piece& piece) {
      std::vector<Match> spaces;
      find_string(text.text(), " ", spaces);
      text.replace(spaces, mark);
      const bool wanted = scheme == PrependScheme::always || (scheme == PrependScheme::first && piece.start == 0);
      if (wanted && !text.text().starts_with(mark)) text.prepend(mark);
    });
    if (!split) return;
    std::vector<Match> matches;
    cut_pieces(pieces, [&](std::string_view text, auto&& emit) {
      matches.clear();
      find_string(text, mark, matches);
      apply_behavior(matches, Behavior::merged_with_next, false, emit);
    });
  });
}

PreTokenizerPtr make_prefix_space() {
  return simple("prefix space", [](Pieces& pieces) {
    rewrite_pieces(pieces, [](AlignedText& text, const Piece&) {
      if (!text.text().starts_with(' ')) text.prepend(" ");
    });
  });
}

PreTokenizerPtr make_byte_map() {
  return simple("ByteLevel", [](Pieces& pieces) {
    rewrite_pieces(pieces, [](AlignedText& text, const Piece&) {
      std::vector<Change> changes;
      for (const char b : text.text()) changes.push_back({byte_alphabet()[uint8_t(b)], is_continuation(b) ? 1 : 0});
      text.transform(changes);
    });
  });
}

PreTokenizerPtr make_digit_triples() {
  return simple("digit triples", [](Pieces& pieces) {
    cut_pieces(pieces, [](std::string_view text, auto&& emit) {
      size_t plain = 0;
      for (size_t i = 0, size; i < text.size();) {
        std::vector<size_t> ends;  // of the digits of one run
        const size_t begin = i;
        while (i < text.size() && (char_class(utf8_decode(text.data() + i, size)) & kNumber)) ends.push_back(i += size);
        if (ends.empty()) {
          i += utf8_length(text[i]);
          continue;
        }
        emit(uint32_t(plain), uint32_t(begin));
        size_t from = begin;
        for (size_t n = 0; n < ends.size(); ++n)
          if ((ends.size() - n - 1) % 3 == 0) emit(uint32_t(from), uint32_t(ends[n])), from = ends[n];
        plain = i;
      }
      emit(uint32_t(plain), uint32_t(text.size()));
    });
  });
}

}  // namespace vitrine::text
