// SPDX-License-Identifier: Apache-2.0
// Oniguruma 6.9 (Unicode 16): doc/RE and doc/UNICODE_PROPERTIES. PCRE2 10.42 knows Unicode 14; what came later is added
// range by range.
#include "engine/text/regex_classes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/text.h"
#include "engine/text/unicode.h"

namespace vitrine::text {

namespace {

using View = std::string_view;

constexpr std::array<View, 30> kCategories = {"Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd",
                                              "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm",
                                              "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co"};

constexpr std::pair<View, View> kLongNames[] = {{"letter", "L"},
                                                {"casedletter", "L&"},
                                                {"lc", "L&"},
                                                {"uppercaseletter", "Lu"},
                                                {"lowercaseletter", "Ll"},
                                                {"titlecaseletter", "Lt"},
                                                {"modifierletter", "Lm"},
                                                {"otherletter", "Lo"},
                                                {"mark", "M"},
                                                {"nonspacingmark", "Mn"},
                                                {"spacingmark", "Mc"},
                                                {"enclosingmark", "Me"},
                                                {"number", "N"},
                                                {"decimalnumber", "Nd"},
                                                {"letternumber", "Nl"},
                                                {"othernumber", "No"},
                                                {"punctuation", "P"},
                                                {"connectorpunctuation", "Pc"},
                                                {"dashpunctuation", "Pd"},
                                                {"openpunctuation", "Ps"},
                                                {"closepunctuation", "Pe"},
                                                {"initialpunctuation", "Pi"},
                                                {"finalpunctuation", "Pf"},
                                                {"otherpunctuation", "Po"},
                                                {"symbol", "S"},
                                                {"mathsymbol", "Sm"},
                                                {"currencysymbol", "Sc"},
                                                {"modifiersymbol", "Sk"},
                                                {"othersymbol", "So"},
                                                {"separator", "Z"},
                                                {"spaceseparator", "Zs"},
                                                {"lineseparator", "Zl"},
                                                {"paragraphseparator", "Zp"},
                                                {"other", "C"},
                                                {"control", "Cc"},
                                                {"format", "Cf"},
                                                {"surrogate", "Cs"},
                                                {"privateuse", "Co"},
                                                {"unassigned", "Cn"}};

// Properties which are neither a category nor a script.
constexpr View kBinary[] = {"alphabetic",
                            "lowercase",
                            "uppercase",
                            "whitespace",
                            "emoji",
                            "emojipresentation",
                            "emojimodifier",
                            "emojimodifierbase",
                            "emojicomponent",
                            "extendedpictographic",
                            "ideographic",
                            "idstart",
                            "idcontinue",
                            "xidstart",
                            "xidcontinue",
                            "math",
                            "dash",
                            "hexdigit",
                            "asciihexdigit",
                            "diacritic",
                            "extender",
                            "any",
                            "cased",
                            "caseignorable",
                            "defaultignorablecodepoint",
                            "graphemebase",
                            "graphemeextend",
                            "joincontrol",
                            "patternsyntax",
                            "patternwhitespace",
                            "quotationmark",
                            "radical",
                            "regionalindicator",
                            "softdotted",
                            "terminalpunctuation",
                            "unifiedideograph",
                            "variationselector"};

void append_code(std::string& out, uint32_t c) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  out += "\\x{";
  for (int shift = 20; shift >= 0; shift -= 4)
    if (c >> shift || shift == 0) out += kHex[c >> shift & 15];
  out += '}';
}

void append_range(std::string& out, char32_t first, char32_t last) {
  append_code(out, uint32_t(first));
  if (last > first) append_code(out += '-', uint32_t(last));
}

/// Those of `codes` (ascending) for which keep(c) holds, neighbours joined.
template <class Keep>
std::string ranges_of(const std::vector<char32_t>& codes, Keep&& keep) {
  std::string out;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (!keep(codes[i])) continue;
    const char32_t first = codes[i];
    while (i + 1 < codes.size() && codes[i + 1] == codes[i] + 1 && keep(codes[i + 1])) ++i;
    append_range(out, first, codes[i]);
  }
  return out;
}

/// All code points for which keep(c) holds.
template <class Keep>
std::vector<char32_t> codes_where(Keep&& keep) {
  std::vector<char32_t> codes;
  for (uint32_t c = 0; c < 0x110000; ++c)
    if ((c < 0xD800 || c > 0xDFFF) && keep(char32_t(c))) codes.push_back(char32_t(c));
  return codes;
}

template <class Keep>
std::string ranges_where(Keep&& keep) {
  return ranges_of(codes_where(keep), [](char32_t) { return true; });
}

/// What Unicode 14 lacks of a general category: its letter, or letter and subclass; "L&" and "" (all) too.
const std::string& newer(View category_name) {
  static const std::array<std::string, 64> by_name = [] {
    std::array<std::string, 64> table;
    const std::vector<char32_t> newer_codes = codes_where(is_newer_than_14);
    constexpr View kNames[] = {"", "L", "M", "N", "P", "S", "L&"};
    for (size_t i = 0; i < std::size(kNames) + kCategories.size(); ++i) {
      const View name = i < std::size(kNames) ? kNames[i] : kCategories[i - std::size(kNames)];
      table[i] = ranges_of(newer_codes, [&](char32_t c) {
        const View own = kCategories[size_t(category(c))];
        if (name == "L&") return own == "Lu" || own == "Ll" || own == "Lt";
        return own.starts_with(name);
      });
    }
    return table;
  }();
  static const std::string none;
  constexpr View kNames[] = {"", "L", "M", "N", "P", "S", "L&"};
  for (size_t i = 0; i < std::size(kNames); ++i)
    if (kNames[i] == category_name) return by_name[i];
  const auto* at = std::find(kCategories.begin(), kCategories.end(), category_name);
  return at == kCategories.end() ? none : by_name[std::size(kNames) + size_t(at - kCategories.begin())];
}

std::string category_items(View name) { return cat("\\p{", name, "}", newer(name)); }

std::string plain(View name) {
  std::string out;
  for (const char c : name)
    if (c != ' ' && c != '_' && c != '-') out += c >= 'A' && c <= 'Z' ? char(c + 32) : c;
  return out;
}

}  // namespace

ClassItems space_class() {
  static const std::string items = ranges_where([](char32_t c) { return is_space(c); });
  return {items, false};
}

// Oniguruma counts the superscripts and fractions of Latin-1 as word characters, and no joiners.
ClassItems word_class() {
  static const std::string items = ranges_where([](char32_t c) {
    if (c == 0x200C || c == 0x200D) return false;
    return is_word(c) || c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0xBC && c <= 0xBE);
  });
  return {items, false};
}

ClassItems decimal_class() { return {category_items("Nd"), false}; }

std::optional<ClassItems> posix_class(View name) {
  if (name == "alpha") return ClassItems{cat("\\p{Alphabetic}", newer("L")), false};
  if (name == "alnum") return ClassItems{cat("\\p{Alphabetic}", newer("L"), category_items("Nd")), false};
  if (name == "punct") return ClassItems{category_items("P") + category_items("S"), false};
  if (name == "lower") return ClassItems{cat("\\p{Lowercase}", newer("Ll")), false};
  if (name == "upper") return ClassItems{cat("\\p{Uppercase}", newer("Lu")), false};
  if (name == "digit") return decimal_class();
  if (name == "space") return space_class();
  if (name == "cntrl") return ClassItems{"\\p{Cc}", false};
  if (name == "blank") return ClassItems{"\\p{Zs}\\t", false};
  if (name == "xdigit") return ClassItems{"0-9a-fA-F", false};
  if (name == "ascii") return ClassItems{"\\x{0}-\\x{7F}", false};
  if (name == "word") return word_class();
  const auto unassigned = [](char32_t c) { return category(c) == Category::Cn || category(c) == Category::Cc; };
  if (name == "print") {
    static const std::string left_out = ranges_where(unassigned);
    return ClassItems{left_out, true};
  }
  if (name == "graph") {
    static const std::string left_out = ranges_where([&](char32_t c) { return is_space(c) || unassigned(c); });
    return ClassItems{left_out, true};
  }
  return std::nullopt;
}

ClassItems property_class(View name) {
  const std::string key = plain(name);
  if (name.size() <= 2) return {category_items(key == "l&" || key == "lc" ? View("L&") : name), false};
  for (const auto& [long_name, short_name] : kLongNames)
    if (key == long_name) return {category_items(short_name), false};
  if (key == "punct") return {category_items("P"), false};
  if (const auto posix = posix_class(key)) return *posix;
  if (std::find(std::begin(kBinary), std::end(kBinary), key) != std::end(kBinary)) {
    const View more = key == "alphabetic" ? "L" : key == "lowercase" ? "Ll" : key == "uppercase" ? "Lu" : "none";
    return {cat("\\p{", name, "}", newer(more)), false};
  }
  // Scripts: PCRE2 would take script extensions by default.
  return {cat("\\p{sc:", name, "}", key == "han" ? "\\x{2EBF0}-\\x{2EE5D}\\x{31350}-\\x{323AF}" : ""), false};
}

}  // namespace vitrine::text
