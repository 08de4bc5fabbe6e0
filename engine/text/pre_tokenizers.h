// SPDX-License-Identifier: Apache-2.0
// How a text is cut into pre-tokens: the pre-tokenizers of tokenizer.json; GGUF names map onto the same ones.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/text/fast_split.h"
#include "engine/text/pieces.h"

namespace vitrine::text {

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  virtual void apply(Pieces& pieces) const = 0;
  virtual std::string description() const = 0;
  /// The hand-written pattern this is, so that it can run while the model does.
  virtual std::optional<FastPattern> fast_pattern() const noexcept { return std::nullopt; }
  /// What `pattern` becomes if this step runs before it, where there is such a hand-written pattern.
  virtual std::optional<FastPattern> fused_with(FastPattern) const noexcept { return std::nullopt; }
};

using PreTokenizerPtr = std::unique_ptr<const PreTokenizer>;

/// What becomes of the delimiter a pattern matched.
enum class Behavior : uint8_t { removed, isolated, merged_with_previous, merged_with_next, contiguous };

enum class PrependScheme : uint8_t { first, never, always };

PreTokenizerPtr make_split_regex(std::string_view pattern, Behavior behavior, bool invert);
PreTokenizerPtr make_split_string(std::string pattern, Behavior behavior, bool invert);
PreTokenizerPtr make_split_fast(FastPattern pattern);
PreTokenizerPtr make_punctuation(Behavior behavior);
PreTokenizerPtr make_digits(bool individual);
PreTokenizerPtr make_decimals();  // characters of category Nd, each alone
PreTokenizerPtr make_whitespace();
PreTokenizerPtr make_whitespace_split();
PreTokenizerPtr make_char_delimiter(char32_t delimiter);
PreTokenizerPtr make_bert_pre_tokenizer();
PreTokenizerPtr make_unicode_scripts();
PreTokenizerPtr make_fixed_length(size_t characters);
PreTokenizerPtr make_metaspace(char32_t replacement, PrependScheme scheme, bool split);
PreTokenizerPtr make_prefix_space();  // the first half of ByteLevel with add_prefix_space
PreTokenizerPtr make_byte_map();      // its last half: bytes become the characters of the byte alphabet
/// Groups of digits as AFMoE's checkpoints cut them: from the right, in threes (llama.cpp, unicode.cpp).
PreTokenizerPtr make_digit_triples();

/// Cuts every piece that is no added token with cut(view, emit(begin, end)).
template <class Cut>
void cut_pieces(Pieces& pieces, Cut&& cut) {
  std::vector<Piece> out;
  out.reserve(pieces.list.size() * 2);
  for (const Piece& piece : pieces.list) {
    if (piece.added >= 0) {
      out.push_back(piece);
      continue;
    }
    cut(pieces.view(piece), [&](uint32_t begin, uint32_t end) {
      if (begin == end) return;
      out.push_back(pieces.cut(piece.begin + begin, piece.begin + end));
    });
  }
  pieces.list = std::move(out);
}

/// Applies a behavior to matches and gaps; calls emit(begin, end) for what is kept.
template <class Emit>
void apply_behavior(const std::vector<Match>& matches, Behavior behavior, bool invert, Emit&& emit);

}  // namespace vitrine::text

#include "engine/text/split_behavior.inc"
