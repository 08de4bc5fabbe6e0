// SPDX-License-Identifier: Apache-2.0
// WordPiece: the longest known piece, again and again (Wu et al. 2016, arXiv:1609.08144, as BERT uses it), and
// WordLevel: the whole word or unknown.
#pragma once

#include "engine/text/model.h"

namespace vitrine::text {

class WordPiece final : public Model {
 public:
  WordPiece(Vocabulary vocabulary, std::string unknown_token, std::string continuing_prefix, size_t longest_word);
  void tokenize(std::string_view word, Scratch& scratch, std::vector<Token>& out) const override;
  std::string description() const override { return "WordPiece"; }
  const std::string& continuing_prefix() const noexcept { return prefix_; }

 private:
  void unknown(std::string_view word, std::vector<Token>& out) const;
  std::string unknown_token_, prefix_;
  size_t longest_word_;  // in characters
};

class WordLevel final : public Model {
 public:
  WordLevel(Vocabulary vocabulary, std::string unknown_token);
  void tokenize(std::string_view word, Scratch& scratch, std::vector<Token>& out) const override;
  std::string description() const override { return "WordLevel"; }

 private:
  std::string unknown_token_;
};

}  // namespace vitrine::text
