// SPDX-License-Identifier: Apache-2.0
// Would break: patterns of tokenizer files, written for Oniguruma, mean something else here.
#include "engine/text/regex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/error.h"

namespace vitrine::text {
namespace {

std::vector<std::string> matches(std::string_view pattern, std::string_view text) {
  std::vector<Match> found;
  Regex(pattern).find_all(text, found);
  std::vector<std::string> out;
  for (const Match& m : found)
    if (m.matched) out.emplace_back(text.substr(m.begin, m.end - m.begin));
  return out;
}

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Regex, ClassesNestAndIntersect) {
  EXPECT_THAT(matches(R"([a[bc]]+)", "xabcx"), ElementsAre("abc"));
  EXPECT_THAT(matches(R"([\p{Ll}&&[^a-m]]+)", "amnoz"), ElementsAre("noz"));
  EXPECT_THAT(matches(R"( ?[^(\s|[.,!?])]+)", "ab, cd!"), ElementsAre("ab", " cd"));
  EXPECT_THAT(matches(R"([^\S\n]+)", "a \t\nb"), ElementsAre(" \t"));
}

TEST(Regex, SpacesAreThoseOfUnicode) {
  EXPECT_THAT(matches(R"(\s)",
                      "a\xE1\xA0\x8E"
                      "b\xC2\x85"),
              ElementsAre("\xC2\x85"));  // U+180E is none, U+0085 is
  EXPECT_THAT(matches(R"(\h+)", "xyz0aF"), ElementsAre("0aF"));
}

TEST(Regex, NewLettersAreLetters) {
  EXPECT_THAT(matches(R"(\p{L}+)", "\xF0\x90\xB5\x90"), ElementsAre("\xF0\x90\xB5\x90"));  // U+10D50, Unicode 16
  EXPECT_THAT(matches(R"([[:punct:]])", "a+\xE2\x88\x80"), ElementsAre("+", "\xE2\x88\x80"));
  EXPECT_THAT(matches(R"(\p{Han}+)", "\xE3\x80\xB0"), ElementsAre());  // script, not script extensions
}

TEST(Regex, EmptyMatchesCutOnce) {
  std::vector<Match> found;
  Regex(R"((?=(\d{3})+(?!\d)))").find_all("1234567", found);
  std::vector<std::pair<uint32_t, uint32_t>> parts;
  for (const Match& m : found)
    if (m.end > m.begin) parts.emplace_back(m.begin, m.end);
  EXPECT_THAT(parts, ElementsAre(std::pair(0u, 1u), std::pair(1u, 4u), std::pair(4u, 7u)));
}

TEST(Regex, BadPatternsAreNamed) {
  for (const char* pattern : {"(", "[a", "\\p{Nonsense}", "\\", "a{2,1}", "[[:nope:]]", "\\p{", "\\uD8"}) {
    try {
      Regex regex(pattern);
      ADD_FAILURE() << pattern << " was accepted";
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::format);
      EXPECT_THAT(e.context(), HasSubstr(pattern));
    }
  }
}

TEST(Regex, CatastrophesEnd) {
  std::vector<Match> found;
  const std::string text = std::string(4000, 'a') + "!";
  EXPECT_THROW(Regex(R"((a+a+)+$)").find_all(text, found), Error);
}

}  // namespace
}  // namespace vitrine::text
