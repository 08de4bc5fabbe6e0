// SPDX-License-Identifier: Apache-2.0
// Would break: the hand-written splitters cut where the regular expression of the checkpoint does not.
#include "engine/text/fast_split.h"

#include "engine/text/pre_tokenizers.h"
#include "engine/text/regex.h"
#include "tests/unit/text/text_files.h"

namespace vitrine::text {
namespace {

using Cuts = std::vector<std::pair<uint32_t, uint32_t>>;

Cuts by_hand(FastPattern pattern, std::string_view text) {
  Cuts cuts;
  fast_split(pattern, text, [&](uint32_t begin, uint32_t end) { cuts.emplace_back(begin, end); });
  return cuts;
}

Cuts by_regex(FastPattern pattern, const Regex& regex, const std::string& text) {
  Pieces pieces;
  pieces.original = text;
  pieces.list.push_back({0, uint32_t(text.size()), -1, 0});
  if (pattern == FastPattern::gpt2_digits) make_digits(true)->apply(pieces);
  if (pattern == FastPattern::gpt2_decimals) make_decimals()->apply(pieces);
  Cuts cuts;
  std::vector<Match> matches;
  for (const Piece& piece : pieces.list) {
    matches.clear();
    regex.find_all(pieces.view(piece), matches);
    for (const Match& m : matches) cuts.emplace_back(piece.begin + m.begin, piece.begin + m.end);
  }
  return cuts;
}

TEST(FastSplit, CutsAsTheExpressionDoes) {
  for (const FastPattern pattern : {FastPattern::gpt2, FastPattern::gpt2_digits, FastPattern::gpt2_decimals,
                                    FastPattern::llama3, FastPattern::qwen2}) {
    const Regex regex(pattern_source(pattern));
    test::RandomText random(20240607u + unsigned(pattern));
    for (int i = 0; i < 6000; ++i) {
      const std::string text = random.text(1 + random.below(40));
      ASSERT_EQ(by_hand(pattern, text), by_regex(pattern, regex, text))
          << "pattern " << int(pattern) << ", text " << nlohmann::json(text).dump();
    }
  }
}

TEST(FastSplit, KnowsItsOwnExpressions) {
  for (const FastPattern pattern : {FastPattern::gpt2, FastPattern::llama3, FastPattern::qwen2})
    EXPECT_EQ(known_pattern(pattern_source(pattern)), pattern);
  EXPECT_FALSE(known_pattern(R"(\s+)"));
}

}  // namespace
}  // namespace vitrine::text
