// SPDX-License-Identifier: Apache-2.0
// The parts a Tokenizer is made of, and the two ways of walking a text through them.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/text/added_tokens.h"
#include "engine/text/decoders.h"
#include "engine/text/model.h"
#include "engine/text/normalizers.h"
#include "engine/text/post_processors.h"
#include "engine/text/pre_tokenizers.h"
#include "engine/text/tokenizer.h"

namespace vitrine::text {

/// Scratch memory for as many threads as encode at once; given back after each call, with its word cache.
class ScratchPool {
 public:
  std::unique_ptr<Scratch> take();
  void give(std::unique_ptr<Scratch> scratch);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

struct Pipeline {
  std::unique_ptr<const Model> model;
  NormalizerPtr normalizer;  // may be null
  std::vector<PreTokenizerPtr> pre_tokenizers;
  std::optional<FastPattern> last_split;  // the last pre-tokenizer, applied while the model runs
  PostProcessorPtr post_processor;        // may be null
  DecoderPtr decoder;                     // may be null: pieces are joined by spaces
  AddedTokens added;
  std::optional<int32_t> bos, eos, eot, pad, unk, mask;
  std::vector<int32_t> end_of_generation;
  std::vector<bool> special;  // by id
  TokenizerFacts facts;
  mutable ScratchPool scratch;

  /// The text cut into what the model sees (but for last_split). Throws Error{input} if it is not UTF-8.
  Pieces prepare(std::string_view text, bool parse_special) const;
  /// Calls added(piece) for added tokens and word(begin, end) for pre-tokens of pieces.text().
  template <class Added, class Word>
  void walk(const Pieces& pieces, Added&& added_token, Word&& word) const {
    for (const Piece& piece : pieces.list) {
      if (piece.added >= 0) {
        added_token(piece);
      } else if (last_split) {
        fast_split(*last_split, pieces.view(piece),
                   [&](uint32_t begin, uint32_t end) { word(piece.begin + begin, piece.begin + end); });
      } else {
        word(piece.begin, piece.end);
      }
    }
  }
  /// What decoders see of an id; empty for ids outside the vocabulary.
  std::string_view decode_form(int32_t id) const noexcept;
  bool known(int32_t id) const noexcept { return added.token(id) || model->vocabulary().has(id); }
  int32_t id_end() const noexcept { return std::max(model->vocabulary().id_end(), added.id_end()); }
  /// Turns the last splitting steps into last_split, where a hand-written pattern does the same.
  void take_fast_split();
  /// Fills `special`, `end_of_generation` (from eos, eot and well-known names) and the counts of `facts`.
  void finish();
};

/// Reads a tokenizer.json. Throws Error, see Tokenizer::from_json.
std::unique_ptr<Pipeline> pipeline_from_json(std::string_view tokenizer_json, std::string_view config_json);
std::unique_ptr<Pipeline> pipeline_from_gguf(const GgufVocabulary& vocabulary);

}  // namespace vitrine::text
