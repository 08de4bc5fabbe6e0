// SPDX-License-Identifier: Apache-2.0
// The middle of a tokenizer: one pre-token in, vocabulary ids out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/vocabulary.h"
#include "engine/text/word_cache.h"

namespace vitrine::text {

struct Token {
  int32_t id = 0;
  uint32_t begin = 0, end = 0;  // bytes of the pre-token
  bool surface = false;         // shown as the text itself, not as the vocabulary's piece (Unigram's unknown)
};

/// Buffers one thread uses while it encodes; kept between calls so that nothing is allocated per word.
struct Scratch {
  WordCache cache;
  std::vector<Token> tokens;
  std::vector<int32_t> symbol_id, previous, next;
  std::vector<uint32_t> symbol_length;
  struct Candidate {
    uint64_t key;  // smallest first
    int32_t left, id;
    uint32_t length;
  };
  std::vector<Candidate> heap;
  std::vector<double> score;
  std::vector<int32_t> from, chosen;
  std::string buffer;
};

class Model {
 public:
  virtual ~Model() = default;
  /// Appends the tokens of a non-empty pre-token. Throws Error{input} where the vocabulary has no unknown token for a
  /// text that needs one.
  virtual void tokenize(std::string_view word, Scratch& scratch, std::vector<Token>& out) const = 0;
  /// The ids alone; models with a cache override it.
  virtual void tokenize_ids(std::string_view word, Scratch& scratch, std::vector<int32_t>& out) const {
    scratch.tokens.clear();
    tokenize(word, scratch, scratch.tokens);
    for (const Token& t : scratch.tokens) out.push_back(t.id);
  }
  virtual std::string description() const = 0;

  const Vocabulary& vocabulary() const noexcept { return vocabulary_; }
  /// Id of the unknown token, -1 if there is none.
  int32_t unknown() const noexcept { return unknown_; }

 protected:
  Vocabulary vocabulary_;
  int32_t unknown_ = -1;
};

}  // namespace vitrine::text
