// SPDX-License-Identifier: Apache-2.0
#include "engine/text/wordpiece.h"

#include <algorithm>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

[[noreturn]] static void no_unknown(const std::string& token) {
  throw Error(ErrorKind::format, cat("the unknown token '", token, "' is not in the vocabulary"),
              "use the tokenizer file which came with the checkpoint", "model.unk_token");
}

WordPiece::WordPiece(Vocabulary vocabulary, std::string unknown_token, std::string continuing_prefix,
                     size_t longest_word)
    : unknown_token_(std::move(unknown_token)), prefix_(std::move(continuing_prefix)), longest_word_(longest_word) {
  vocabulary_ = std::move(vocabulary);
  unknown_ = vocabulary_.find(unknown_token_);
}

void WordPiece::unknown(std::string_view word, std::vector<Token>& out) const {
  if (unknown_ < 0) no_unknown(unknown_token_);
  out.push_back({unknown_, 0, uint32_t(word.size()), false});
}

void WordPiece::tokenize(std::string_view word, Scratch& s, std::vector<Token>& out) const {
  size_t characters = 0;
  for (const char c : word) characters += !is_continuation(c);
  if (characters > longest_word_) return unknown(word, out);

  const size_t first = out.size();
  for (size_t begin = 0; begin < word.size();) {
    s.buffer.assign(begin > 0 ? prefix_ : std::string());
    const size_t head = s.buffer.size();
    size_t end = word.size();
    if (end - begin + head > vocabulary_.longest()) {
      end = begin + (vocabulary_.longest() > head ? vocabulary_.longest() - head : 0);
      while (end > begin && is_continuation(word[end])) --end;
    }
    s.buffer.append(word.substr(begin, end - begin));
    int32_t id = -1;
    while (end > begin) {
      id = vocabulary_.find(std::string_view(s.buffer).substr(0, head + end - begin));
      if (id >= 0) break;
      do --end;
      while (end > begin && is_continuation(word[end]));
    }
    if (id < 0) {
      out.resize(first);
      return unknown(word, out);
    }
    out.push_back({id, uint32_t(begin), uint32_t(end), false});
    begin = end;
  }
}

WordLevel::WordLevel(Vocabulary vocabulary, std::string unknown_token) : unknown_token_(std::move(unknown_token)) {
  vocabulary_ = std::move(vocabulary);
  unknown_ = vocabulary_.find(unknown_token_);
}

void WordLevel::tokenize(std::string_view word, Scratch&, std::vector<Token>& out) const {
  int32_t id = vocabulary_.find(word);
  if (id < 0) id = unknown_;
  if (id < 0) no_unknown(unknown_token_);
  out.push_back({id, 0, uint32_t(word.size()), false});
}

}  // namespace vitrine::text
