// SPDX-License-Identifier: Apache-2.0
// Unigram language model: the segmentation with the best sum of scores (Kudo 2018, arXiv:1804.10959), found by Viterbi
// as SentencePiece's unigram_model.cc does; unknown characters cost 10 more than the worst piece and are joined.
#pragma once

#include <array>

#include "engine/text/model.h"
#include "engine/text/trie.h"

namespace vitrine::text {

struct UnigramOptions {
  int32_t unknown = -1;
  bool byte_fallback = false;
  bool unknown_by_id = false;  ///< GGUF: a joined run of unknowns is the unknown token even if the text is a piece
};

class Unigram final : public Model {
 public:
  /// scores[id] belongs to the piece with that id; `matched` (one per id, or empty: all) tells which pieces text may
  /// match; `worst` is the lowest score, from which the unknown score is derived.
  Unigram(Vocabulary vocabulary, std::vector<double> scores, const std::vector<bool>& matched, double worst,
          UnigramOptions options);
  void tokenize(std::string_view word, Scratch& scratch, std::vector<Token>& out) const override;
  std::string description() const override;

 private:
  void best_path(std::string_view word, Scratch& scratch) const;
  void emit_unknown(std::string_view word, uint32_t begin, uint32_t end, std::vector<Token>& out) const;
  std::vector<double> scores_;
  double unknown_score_;
  UnigramOptions options_;
  Trie trie_;
  std::array<int32_t, 256> byte_symbol_{};
  bool all_bytes_ = true;
};

}  // namespace vitrine::text
