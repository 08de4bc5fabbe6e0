// SPDX-License-Identifier: Apache-2.0
// Models which only GGUF files declare: SentencePiece BPE by scores, RWKV's longest match, PLaMo-2's cheapest path.
#pragma once

#include <array>

#include "engine/text/model.h"
#include "engine/text/trie.h"

namespace vitrine::text {

/// SentencePiece BPE: of all neighbouring pairs whose join is a piece, the one with the highest score is joined first
/// (sentencepiece src/bpe_model.cc; llama.cpp llm_tokenizer_spm). What no piece covers becomes byte tokens.
class SentencePieceBpe final : public Model {
 public:
  SentencePieceBpe(Vocabulary vocabulary, std::vector<float> scores, int32_t unknown);
  void tokenize(std::string_view word, Scratch& scratch, std::vector<Token>& out) const override;
  std::string description() const override { return "SentencePiece BPE, byte fallback"; }

 private:
  void seed(std::string_view word, Scratch& scratch) const;
  bool offer(std::string_view word, int32_t left, int32_t right, Scratch& scratch) const;
  void emit(std::string_view word, uint32_t begin, uint32_t length, std::vector<Token>& out) const;
  std::vector<float> scores_;
  std::array<int32_t, 256> byte_symbol_{};
};

/// The longest piece at each position (RWKV World; pieces are bytes).
class LongestMatch final : public Model {
 public:
  LongestMatch(Vocabulary vocabulary, int32_t unknown);
  void tokenize(std::string_view word, Scratch& scratch, std::vector<Token>& out) const override;
  std::string description() const override { return "longest match"; }

 private:
  Trie trie_;
};

/// PLaMo-2: the segmentation with the highest sum of scores in units of 1e-4, a character outside all pieces costing
/// 1000 (llama.cpp llm_tokenizer_plamo2); found from the end, the longer piece winning ties.
class CheapestPath final : public Model {
 public:
  CheapestPath(Vocabulary vocabulary, const std::vector<float>& scores, const std::vector<bool>& is_byte);
  void tokenize(std::string_view word, Scratch& scratch, std::vector<Token>& out) const override;
  std::string description() const override { return "Unigram (PLaMo-2), byte fallback"; }

 private:
  std::vector<int64_t> scores_;
  Trie trie_;
  std::array<int32_t, 256> byte_symbol_{};
};

}  // namespace vitrine::text
