// SPDX-License-Identifier: Apache-2.0
// Base tables from utf8proc; differences between versions of Unicode from unicode_tables.inc.
#include "engine/text/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <unordered_map>

namespace vitrine::text {

namespace {
struct Range {
  uint32_t first, last;
};
struct NewRange {
  uint32_t first, last;
  Category category;
};
struct LowerRange {
  uint32_t first, last;
  int32_t distance;
};
}  // namespace

#include "engine/text/unicode_tables.inc"

template <size_t N>
static bool in_ranges(const Range (&ranges)[N], char32_t c) noexcept {
  const Range* r = std::lower_bound(std::begin(ranges), std::end(ranges), c,
                                    [](const Range& range, char32_t value) { return range.last < value; });
  return r != std::end(ranges) && r->first <= c;
}

bool is_space(char32_t c) noexcept {
  if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

static uint8_t class_bits(char32_t c, Category category) noexcept {
  if (is_space(c)) return kSpace;
  switch (category) {
    case Category::Lu:
    case Category::Ll:
    case Category::Lt:
    case Category::Lm:
    case Category::Lo:
      return kLetter;
    case Category::Mn:
    case Category::Mc:
    case Category::Me:
      return kMark;
    case Category::Nd:
    case Category::Nl:
    case Category::No:
      return kNumber;
    case Category::Pc:
    case Category::Pd:
    case Category::Ps:
    case Category::Pe:
    case Category::Pi:
    case Category::Pf:
    case Category::Po:
      return kPunctuation;
    case Category::Sm:
    case Category::Sc:
    case Category::Sk:
    case Category::So:
      return kSymbol;
    default:
      return kOther;
  }
}

static ClassTable build_class_table() {
  std::vector<uint8_t> flat(0x110000);
  for (uint32_t c = 0; c < flat.size(); ++c) flat[c] = uint8_t(utf8proc_category(int32_t(c)));
  for (const NewRange& r : kNewer)
    for (uint32_t c = r.first; c <= r.last; ++c)
      if (flat[c] == uint8_t(Category::Cn)) flat[c] = uint8_t(r.category);
  ClassTable table;
  std::unordered_map<std::string, uint16_t> known;
  for (uint32_t page = 0; page < 0x1100; ++page) {
    const auto* begin = flat.data() + page * 256;
    const auto [at, fresh] = known.emplace(std::string(begin, begin + 256), uint16_t(table.category.size() / 256));
    // A page of spaces differs from its copy only by code point, and no page without them has Zs, Zl, Zp or Cc.
    const bool own = fresh || page == 0x00 || page == 0x16 || page == 0x20 || page == 0x30;
    table.page[page] = own ? uint16_t(table.category.size() / 256) : at->second;
    if (!own) continue;
    table.category.insert(table.category.end(), begin, begin + 256);
    for (uint32_t i = 0; i < 256; ++i) table.bits.push_back(class_bits(page * 256 + i, Category(begin[i])));
  }
  return table;
}

const ClassTable& class_table() noexcept {
  static const ClassTable table = build_class_table();
  return table;
}

bool is_newer_than_14(char32_t c) noexcept {
  const NewRange* r = std::lower_bound(std::begin(kNewer), std::end(kNewer), c,
                                       [](const NewRange& range, char32_t value) { return range.last < value; });
  return r != std::end(kNewer) && r->first <= c;
}

bool is_numeric(char32_t c) noexcept {
  return (char_class(c) & kNumber) || (c >= 0x11DE0 && c <= 0x11DE9) || (c >= 0x16FF4 && c <= 0x16FF6);
}

bool is_word(char32_t c) noexcept {
  if (char_class(c) & (kLetter | kMark)) return true;
  const Category k = category(c);
  return k == Category::Nd || k == Category::Nl || k == Category::Pc || c == 0x200C || c == 0x200D ||
         (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149) || (c >= 0x1F150 && c <= 0x1F169) ||
         (c >= 0x1F170 && c <= 0x1F189);
}

bool is_punctuation_bert(char32_t c) noexcept { return in_ranges(kPunctuation8, c); }
bool is_dropped_bert(char32_t c) noexcept { return c == 0xFFFD || in_ranges(kOther8, c); }
bool is_nonspacing_bert(char32_t c) noexcept { return in_ranges(kNonspacing8, c); }
bool is_combining(char32_t c) noexcept { return in_ranges(kCombining9, c); }

bool is_chinese_bert(char32_t c) noexcept {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

void append_lower(char32_t c, std::vector<Change>& out) {
  if (c < 0x80) {
    out.push_back({c >= 'A' && c <= 'Z' ? c + 32 : c, 0});
  } else if (c == 0x130) {  // the one character whose lower case is two
    out.push_back({'i', 0});
    out.push_back({0x307, 1});
  } else {
    auto lower = char32_t(utf8proc_tolower(int32_t(c)));
    if (lower == c)
      for (const LowerRange& r : kNewerLower)
        if (c >= r.first && c <= r.last) lower = char32_t(int32_t(c) + r.distance);
    out.push_back({lower, 0});
  }
}

namespace {

uint8_t combining_class(char32_t c) noexcept {
  if (c < 0x300) return 0;
  const auto ccc = uint8_t(utf8proc_get_property(int32_t(c))->combining_class);
  return ccc && in_ranges(kUnordered9, c) ? 0 : ccc;
}

std::vector<char32_t> decompose(char32_t c, bool compatible) {
  if (c < 0xA0 || in_ranges(kUndecomposed9, c)) return {c};
  int32_t buffer[32];
  int boundary = 0;
  const auto options = utf8proc_option_t(UTF8PROC_DECOMPOSE | (compatible ? UTF8PROC_COMPAT : 0));
  const auto n = utf8proc_decompose_char(int32_t(c), buffer, 32, options, &boundary);
  if (n < 1 || n > 32) return {c};
  return {buffer, buffer + n};
}

using PairTable = std::unordered_map<uint64_t, char32_t>;

// Every pair that composes: a character with a canonical decomposition whose all but last part composes to one.
PairTable build_pairs() {
  PairTable pairs;
  for (char32_t c = 0xC0; c < 0x30000; ++c) {
    if (c >= 0xAC00 && c <= 0xDFFF) continue;  // Hangul is computed, surrogates are none
    const auto* property = utf8proc_get_property(int32_t(c));
    if (property->comp_exclusion || property->decomp_seqindex == UINT16_MAX || property->decomp_type != 0) continue;
    const std::vector<char32_t> parts = decompose(c, false);
    if (parts.size() < 2) continue;
    int32_t head[32];
    std::copy(parts.begin(), parts.end() - 1, head);
    const auto options = utf8proc_option_t(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (utf8proc_normalize_utf32(head, utf8proc_ssize_t(parts.size() - 1), options) == 1)
      pairs.emplace(uint64_t(head[0]) << 32 | parts.back(), c);
  }
  return pairs;
}

char32_t compose(char32_t a, char32_t b) noexcept {  // 0: does not
  if (b < 0x300) return 0;
  if (a >= 0x1100 && a < 0x1113 && b >= 0x1161 && b < 0x1176) return 0xAC00 + ((a - 0x1100) * 21 + (b - 0x1161)) * 28;
  if (a >= 0xAC00 && a < 0xD7A4 && (a - 0xAC00) % 28 == 0 && b > 0x11A7 && b < 0x11C3) return a + (b - 0x11A7);
  static const PairTable pairs = build_pairs();
  const auto at = pairs.find(uint64_t(a) << 32 | b);
  return at == pairs.end() ? 0 : at->second;
}

std::vector<Change> decompose_all(const std::vector<char32_t>& in, bool compatible) {
  std::vector<Change> out;
  std::vector<uint8_t> classes;
  out.reserve(in.size());
  size_t pending = 0;  // first of a run with combining classes, which is sorted when the run ends
  const auto sort_run = [&] {
    std::vector<size_t> order(out.size() - pending);
    if (order.size() < 2) return;
    for (size_t i = 0; i < order.size(); ++i) order[i] = pending + i;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return classes[a] < classes[b]; });
    std::vector<Change> sorted;
    std::vector<uint8_t> sorted_classes;
    for (const size_t i : order) sorted.push_back(out[i]), sorted_classes.push_back(classes[i]);
    std::copy(sorted.begin(), sorted.end(), out.begin() + long(pending));
    std::copy(sorted_classes.begin(), sorted_classes.end(), classes.begin() + long(pending));
  };
  for (const char32_t c : in) {
    int change = 0;
    for (const char32_t part : decompose(c, compatible)) {
      const uint8_t ccc = combining_class(part);
      if (ccc == 0) {
        sort_run();
        pending = out.size() + 1;
      }
      out.push_back({part, change});
      classes.push_back(ccc);
      change = 1;
      if (ccc == 0) pending = out.size();
    }
  }
  sort_run();
  return out;
}

// The composing pass of TR15; the change of a composed character counts what it swallowed.
std::vector<Change> compose_all(const std::vector<Change>& in) {
  std::vector<Change> out;
  constexpr size_t kNone = SIZE_MAX;
  size_t starter = kNone;
  int last_class = -1;  // class of the last character kept since the starter, -1 if none
  for (const Change& next : in) {
    const uint8_t ccc = combining_class(next.c);
    if (starter != kNone && (last_class < 0 || last_class < ccc)) {
      if (const char32_t composed = compose(out[starter].c, next.c)) {
        out[starter] = {composed, out[starter].change + next.change - 1};
        continue;
      }
    }
    if (ccc == 0) {
      starter = out.size();
      last_class = -1;
    } else if (starter != kNone) {
      last_class = ccc;
    }
    out.push_back(next);
  }
  return out;
}

}  // namespace

std::vector<Change> normal_form(const std::vector<char32_t>& in, NormalForm form) {
  const bool compatible = form == NormalForm::nfkc || form == NormalForm::nfkd;
  std::vector<Change> out = decompose_all(in, compatible);
  return form == NormalForm::nfc || form == NormalForm::nfkc ? compose_all(out) : out;
}

}  // namespace vitrine::text
