// SPDX-License-Identifier: Apache-2.0
// Character classes, case and normal forms as the `tokenizers` library sees them: its parts use different versions of
// Unicode (regular expressions 16, BertNormalizer 8, normal forms 9), and so do these functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vitrine::text {

/// General category, in utf8proc's order.
enum class Category : uint8_t {
  Cn,
  Lu,
  Ll,
  Lt,
  Lm,
  Lo,
  Mn,
  Mc,
  Me,
  Nd,
  Nl,
  No,
  Pc,
  Pd,
  Ps,
  Pe,
  Pi,
  Pf,
  Po,
  Sm,
  Sc,
  Sk,
  So,
  Zs,
  Zl,
  Zp,
  Cc,
  Cf,
  Cs,
  Co
};

/// Bits of char_class().
enum : uint8_t {
  kLetter = 1,
  kNumber = 2,
  kMark = 4,
  kPunctuation = 8,
  kSymbol = 16,
  kSpace = 32,
  kOther = 64,
};

/// Two-level table over all code points, built once.
struct ClassTable {
  uint16_t page[0x1100];
  std::vector<uint8_t> category, bits;  // [pages * 256]
};
const ClassTable& class_table() noexcept;

/// Category in Unicode 16.
inline Category category(char32_t c) noexcept {
  const ClassTable& t = class_table();
  return c < 0x110000 ? Category(t.category[size_t(t.page[c >> 8]) << 8 | (c & 255)]) : Category::Cn;
}
/// kLetter, kNumber, ... of Unicode 16.
inline uint8_t char_class(char32_t c) noexcept {
  const ClassTable& t = class_table();
  return c < 0x110000 ? t.bits[size_t(t.page[c >> 8]) << 8 | (c & 255)] : uint8_t(kOther);
}

bool is_newer_than_14(char32_t c) noexcept;     // assigned in Unicode 15.0 to 16.0
bool is_space(char32_t c) noexcept;             // White_Space
bool is_numeric(char32_t c) noexcept;           // Nd, Nl, No of Unicode 17 (pre-tokenizer Digits)
bool is_word(char32_t c) noexcept;              // \w of Unicode TR18: added tokens, pre-tokenizer Whitespace
bool is_punctuation_bert(char32_t c) noexcept;  // BertPreTokenizer, Punctuation
bool is_dropped_bert(char32_t c) noexcept;      // clean_text removes it: NUL, U+FFFD, Cc, Cf, Co
bool is_nonspacing_bert(char32_t c) noexcept;   // strip_accents removes it
bool is_combining(char32_t c) noexcept;         // StripAccents removes it
bool is_chinese_bert(char32_t c) noexcept;

/// One character of a rewritten text and how it came to be: 0 replaces one old character, n > 0 is inserted,
/// -n replaces one and removes the n after it.
struct Change {
  char32_t c = 0;
  int change = 0;
};

/// Lower case of one character: one or two characters.
void append_lower(char32_t c, std::vector<Change>& out);

enum class NormalForm : uint8_t { nfc, nfd, nfkc, nfkd };
/// The normal form of `in` (code points) with the origin of each character (Unicode TR15).
std::vector<Change> normal_form(const std::vector<char32_t>& in, NormalForm form);

}  // namespace vitrine::text
