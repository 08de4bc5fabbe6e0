// SPDX-License-Identifier: Apache-2.0
// Files and random texts for the tokenizer tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>

#include "engine/text/utf8.h"

namespace vitrine::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

/// Texts that hurt: spaces of every kind, marks, digits of all categories, contractions, scripts, unassigned
/// characters.
class RandomText {
 public:
  explicit RandomText(uint32_t seed) : random_(seed) {}
  size_t below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }

  std::string text(size_t characters) {
    static constexpr const char* kParts[] = {"'s",   "'LL", "'re",   "'\xC5\xBF", "  ", "\r\n",
                                             "\n\n", " \n", "12345", "def ",      "\t"};
    std::string out;
    while (characters-- > 0) {
      if (below(6) == 0) {
        out += kParts[below(std::size(kParts))];
      } else {
        text::utf8_append(out, character());
      }
    }
    return out;
  }

 private:
  char32_t between(char32_t first, char32_t last) { return first + char32_t(below(last - first + 1)); }
  char32_t character() {
    static constexpr char32_t kSpaces[] = {' ',  ' ',    '\n',   '\r',   '\t',   0xA0,
                                           0x85, 0x2003, 0x3000, 0x2028, 0x180E, 0x200B};
    static constexpr char32_t kDigits[] = {'0', '7', 0xB2, 0xBD, 0x663, 0x967, 0x2167, 0x2460, 0x11DE1, 0x1FBF0};
    switch (below(9)) {
      case 0:
        return kSpaces[below(std::size(kSpaces))];
      case 1:
        return kDigits[below(std::size(kDigits))];
      case 2:
        return between(0x21, 0x7E);
      case 3:
        return between('a', 'z');
      case 4:
        return between(0xA1, 0x24F);
      case 5:
        return between(0x300, 0x36F);
      case 6:
        return between(0x370, 0xD7FF);
      case 7:
        return between(0xE000, 0x1FFFF);
      default:
        return between(0x1F300, 0x1FAFF);
    }
  }
  std::mt19937 random_;
};

}  // namespace vitrine::test
