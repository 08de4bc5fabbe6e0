// SPDX-License-Identifier: Apache-2.0
#include "engine/text/unigram.h"

#include <algorithm>
#include <cstdio>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

Unigram::Unigram(Vocabulary vocabulary, std::vector<double> scores, const std::vector<bool>& matched, double worst,
                 UnigramOptions options)
    : scores_(std::move(scores)), unknown_score_(worst - 10.0), options_(options) {
  vocabulary_ = std::move(vocabulary);
  unknown_ = options.unknown;
  scores_.resize(size_t(vocabulary_.id_end()), 0.0);
  std::vector<std::pair<std::string_view, int32_t>> entries;
  for (int32_t id = 0; id < vocabulary_.id_end(); ++id)
    if (vocabulary_.has(id) && (matched.empty() || matched[size_t(id)]))
      entries.emplace_back(vocabulary_.piece(id), matched.empty() ? vocabulary_.find(vocabulary_.piece(id)) : id);
  trie_.build(std::move(entries));
  for (unsigned b = 0; b < 256; ++b) {
    char name[8];
    std::snprintf(name, sizeof name, "<0x%02X>", b);
    byte_symbol_[b] = vocabulary_.find(name);
    all_bytes_ = all_bytes_ && byte_symbol_[b] >= 0;
  }
}

std::string Unigram::description() const { return options_.byte_fallback ? "Unigram, byte fallback" : "Unigram"; }

// Fills scratch.from / chosen: for each byte position that ends a piece, where the best last piece starts and its id.
void Unigram::best_path(std::string_view word, Scratch& s) const {
  const size_t n = word.size();
  s.score.assign(n + 1, 0.0);
  s.from.assign(n + 1, -1);
  s.chosen.resize(n + 1);
  const auto offer = [&](size_t begin, size_t end, double score, int32_t id) {
    if (s.from[end] >= 0 && score <= s.score[end]) return;
    s.score[end] = score;
    s.from[end] = int32_t(begin);
    s.chosen[end] = id;
  };
  for (size_t at = 0; at < n;) {
    const size_t size = std::min(utf8_length(word[at]), n - at);
    const double here = s.score[at];
    bool single = false;
    trie_.prefixes(word.substr(at), [&](size_t length, int32_t id) {
      offer(at, at + length, here + scores_[size_t(id)], id);
      single = single || length == size;
    });
    if (!single) {
      if (unknown_ < 0)
        throw Error(ErrorKind::input,
                    cat("'", word.substr(at, size), "' is not in the vocabulary, which has no unknown token"),
                    "use a text with known characters only");
      offer(at, at + size, here + unknown_score_, unknown_);
    }
    at += size;
  }
}

void Unigram::emit_unknown(std::string_view word, uint32_t begin, uint32_t end, std::vector<Token>& out) const {
  const std::string_view text = word.substr(begin, end - begin);
  if (!options_.unknown_by_id) {
    if (const int32_t id = vocabulary_.find(text); id >= 0) {
      out.push_back({id, begin, end, false});
      return;
    }
    const auto known = [&](char b) { return byte_symbol_[uint8_t(b)] >= 0; };
    if (options_.byte_fallback && (all_bytes_ || std::all_of(text.begin(), text.end(), known))) {
      for (const char b : text) out.push_back({byte_symbol_[uint8_t(b)], begin, end, false});
      return;
    }
  }
  out.push_back({unknown_, begin, end, true});
}

void Unigram::tokenize(std::string_view word, Scratch& s, std::vector<Token>& out) const {
  best_path(word, s);
  s.symbol_id.clear();  // ends of the pieces, last first
  for (auto end = int32_t(word.size()); end > 0; end = s.from[size_t(end)]) s.symbol_id.push_back(end);
  uint32_t begin = 0;
  for (size_t i = s.symbol_id.size(); i-- > 0;) {
    const auto end = uint32_t(s.symbol_id[i]);
    const int32_t id = s.chosen[end];
    if (id == unknown_ && i > 0 && s.chosen[size_t(s.symbol_id[i - 1])] == unknown_) continue;  // join with the next
    if (id == unknown_) {
      emit_unknown(word, begin, end, out);
    } else {
      out.push_back({id, begin, end, false});
    }
    begin = end;
  }
}

}  // namespace vitrine::text
