// SPDX-License-Identifier: Apache-2.0
// The splitting patterns of the commonest checkpoints, by hand: they cut as the regular expression does, many times
// faster. tests/unit/text/fast_split_test.cpp holds them against the expressions themselves.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/text/unicode.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

enum class FastPattern : uint8_t {
  gpt2,           ///< the pattern inside ByteLevel
  gpt2_digits,    ///< the same after every character of category N was split off (StarCoder, Command-R ...)
  gpt2_decimals,  ///< the same after every character of category Nd was split off (SmolLM in GGUF files)
  llama3,         ///< up to three digits together
  qwen2,          ///< every digit alone
};

/// The regular expression a pattern stands for (gpt2_digits: what follows the digits).
std::string_view pattern_source(FastPattern pattern) noexcept;
/// The pattern that `regex` spells, if it is one of these.
std::optional<FastPattern> known_pattern(std::string_view regex) noexcept;

namespace fast {

struct Cursor {
  const char* p;
  const char* end;

  bool done() const noexcept { return p >= end; }
  /// Class of the character at p and its size.
  uint8_t peek(size_t& size) const noexcept {
    const auto b = uint8_t(*p);
    if (b < 0x80) return size = 1, kAscii[b];
    return char_class(utf8_decode(p, size));
  }
  void skip(uint8_t classes) noexcept {
    size_t size;
    while (p < end && (peek(size) & classes)) p += size;
  }

  static constexpr std::array<uint8_t, 128> kAscii = [] {
    std::array<uint8_t, 128> table{};
    for (int c = 0; c < 128; ++c) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
      table[size_t(c)] = letter ? kLetter : digit ? kNumber : c == ' ' || (c >= 9 && c <= 13) ? kSpace : kOther;
    }
    return table;
  }();
};

inline constexpr uint8_t kRest = kMark | kPunctuation | kSymbol | kOther;  // [^\s\p{L}\p{N}]

/// Bytes of 's 't 're 've 'm 'll 'd at `c.p` (an apostrophe), else 0.
template <bool kAnyCase>
size_t contraction(const Cursor& c) noexcept {
  const auto at = [&](size_t i) -> char {
    if (c.p + i >= c.end) return 0;
    const char b = c.p[i];
    return kAnyCase && b >= 'A' && b <= 'Z' ? char(b + 32) : b;
  };
  const char a = at(1), b = at(2);
  if (a == 's' || a == 't' || a == 'm' || a == 'd') return 2;
  if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l')) return 3;
  if (kAnyCase && a == '\xC5' && b == '\xBF') return 3;  // U+017F folds to s
  return 0;
}

/// \s+(?!\S)|\s+ from `begin`, where `run` is behind the spaces; `stop` tells that a new text begins there.
inline const char* spaces_end(const char* begin, const char* run, bool stop) noexcept {
  if (stop) return run;
  const char* last = run - 1;
  while (is_continuation(*last)) --last;
  return last == begin ? run : last;
}

/// Which digits were split off before the pattern is applied.
enum class Digits : uint8_t { none, all, decimal };

/// The text begins anew at a digit that was split off.
template <Digits kDigits>
bool digit_at(const Cursor& c) noexcept {
  if (kDigits == Digits::none) return false;
  if (uint8_t(*c.p) < 0x80) return *c.p >= '0' && *c.p <= '9';
  size_t size;
  const char32_t character = utf8_decode(c.p, size);
  return kDigits == Digits::all ? is_numeric(character) : category(character) == Category::Nd;
}

template <Digits kDigits>
const char* next_gpt2(Cursor c) noexcept {
  const char* begin = c.p;
  size_t size;
  if (*c.p == '\'')
    if (const size_t n = contraction<false>(c)) return c.p + n;
  uint8_t k = c.peek(size);
  if (k != kLetter && digit_at<kDigits>(c)) return c.p + size;
  Cursor next{c.p + size, c.end};
  if (*c.p == ' ' && !next.done()) {
    size_t after;
    const uint8_t following = next.peek(after);
    if (following != kSpace && !digit_at<kDigits>(next)) {
      k = following;
      next.p += after;
    }
  }
  if (k == kLetter) {
    next.skip(k);
    return next.p;
  }
  if (k != kSpace) {
    const uint8_t run = k == kNumber ? uint8_t(kNumber) : kRest;
    for (size_t n; next.p < next.end && (next.peek(n) & run); next.p += n)
      if ((run == kNumber || uint8_t(*next.p) >= 0x80) && digit_at<kDigits>(next)) break;
    return next.p;
  }
  next.skip(kSpace);
  return spaces_end(begin, next.p, next.done() || digit_at<kDigits>(next));
}

template <int kDigitsTogether>
const char* next_llama3(Cursor c) noexcept {
  const char* begin = c.p;
  size_t size;
  if (*c.p == '\'')
    if (const size_t n = contraction<true>(c)) return c.p + n;
  const uint8_t k = c.peek(size);
  Cursor next{c.p + size, c.end};
  if (k == kLetter) {
    next.skip(kLetter);
    return next.p;
  }
  if (k == kNumber) {
    size_t n;
    for (int i = 1; i < kDigitsTogether && !next.done() && next.peek(n) == kNumber; ++i) next.p += n;
    return next.p;
  }
  size_t after = 0;
  const uint8_t following = next.done() ? 0 : next.peek(after);
  if (*begin != '\r' && *begin != '\n' && following == kLetter) {
    next.skip(kLetter);
    return next.p;
  }
  if (k != kSpace || (*begin == ' ' && (following & kRest))) {
    next.skip(kRest);
    while (!next.done() && (*next.p == '\r' || *next.p == '\n')) ++next.p;
    return next.p;
  }
  next.skip(kSpace);
  for (const char* p = next.p; p > begin; --p)
    if (p[-1] == '\r' || p[-1] == '\n') return p;
  return spaces_end(begin, next.p, next.done());
}

}  // namespace fast

/// Calls emit(begin, end) for each cut of `text`, in bytes, without gaps.
template <class Emit>
void fast_split(FastPattern pattern, std::string_view text, Emit&& emit) {
  const auto run = [&](auto next) {
    const char *base = text.data(), *end = base + text.size();
    for (const char* p = base; p < end;) {
      const char* stop = next(fast::Cursor{p, end});
      emit(uint32_t(p - base), uint32_t(stop - base));
      p = stop;
    }
  };
  switch (pattern) {
    case FastPattern::gpt2:
      return run([](fast::Cursor c) { return fast::next_gpt2<fast::Digits::none>(c); });
    case FastPattern::gpt2_digits:
      return run([](fast::Cursor c) { return fast::next_gpt2<fast::Digits::all>(c); });
    case FastPattern::gpt2_decimals:
      return run([](fast::Cursor c) { return fast::next_gpt2<fast::Digits::decimal>(c); });
    case FastPattern::llama3:
      return run([](fast::Cursor c) { return fast::next_llama3<3>(c); });
    case FastPattern::qwen2:
      return run([](fast::Cursor c) { return fast::next_llama3<1>(c); });
  }
}

}  // namespace vitrine::text
