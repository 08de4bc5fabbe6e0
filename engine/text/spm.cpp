// SPDX-License-Identifier: Apache-2.0
#include "engine/text/spm.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

static std::array<int32_t, 256> byte_tokens(const Vocabulary& vocabulary) {
  std::array<int32_t, 256> ids;
  for (unsigned b = 0; b < 256; ++b) {
    char name[8];
    std::snprintf(name, sizeof name, "<0x%02X>", b);
    ids[b] = vocabulary.find(name);
    const char plain = char(b);
    if (ids[b] < 0) ids[b] = vocabulary.find({&plain, 1});
  }
  return ids;
}

SentencePieceBpe::SentencePieceBpe(Vocabulary vocabulary, std::vector<float> scores, int32_t unknown)
    : scores_(std::move(scores)) {
  vocabulary_ = std::move(vocabulary);
  unknown_ = unknown;
  scores_.resize(size_t(vocabulary_.id_end()), 0.0f);
  byte_symbol_ = byte_tokens(vocabulary_);
}

// symbol_length[i]: bytes of the symbol that starts with character i, 0 once joined; from[i]: where it starts.
void SentencePieceBpe::seed(std::string_view word, Scratch& s) const {
  s.symbol_length.clear();
  s.from.clear();
  for (size_t i = 0; i < word.size();) {
    const size_t size = std::min(utf8_length(word[i]), word.size() - i);
    s.from.push_back(int32_t(i));
    s.symbol_length.push_back(uint32_t(size));
    i += size;
  }
  const auto n = int32_t(s.from.size());
  s.previous.resize(size_t(n));
  s.next.resize(size_t(n));
  for (int32_t i = 0; i < n; ++i) {
    s.previous[size_t(i)] = i - 1;
    s.next[size_t(i)] = i + 1 < n ? i + 1 : -1;
  }
}

bool SentencePieceBpe::offer(std::string_view word, int32_t left, int32_t right, Scratch& s) const {
  if (left < 0 || right < 0) return false;
  const uint32_t length = s.symbol_length[size_t(left)] + s.symbol_length[size_t(right)];
  if (length > vocabulary_.longest()) return false;
  const int32_t id = vocabulary_.find(word.substr(size_t(s.from[size_t(left)]), length));
  if (id < 0) return false;
  // Highest score first, then the leftmost: floats ordered as integers, turned around.
  const auto bits = std::bit_cast<uint32_t>(scores_[size_t(id)] + 0.0f);
  const uint32_t rising = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  s.heap.push_back({uint64_t(~rising) << 32 | uint32_t(left), left, id, length});
  return true;
}

void SentencePieceBpe::emit(std::string_view word, uint32_t begin, uint32_t length, std::vector<Token>& out) const {
  const std::string_view text = word.substr(begin, length);
  if (const int32_t id = vocabulary_.find(text); id >= 0) {
    out.push_back({id, begin, begin + length, false});
    return;
  }
  const bool all_bytes = std::all_of(text.begin(), text.end(), [&](char b) { return byte_symbol_[uint8_t(b)] >= 0; });
  if (all_bytes) {
    for (uint32_t i = 0; i < length; ++i) out.push_back({byte_symbol_[uint8_t(text[i])], begin, begin + length, false});
  } else if (unknown_ >= 0) {
    out.push_back({unknown_, begin, begin + length, false});
  } else {
    throw Error(ErrorKind::input,
                cat("'", text, "' is not in the vocabulary, which has neither bytes nor an unknown token"),
                "use a text with known characters only");
  }
}

void SentencePieceBpe::tokenize(std::string_view word, Scratch& s, std::vector<Token>& out) const {
  seed(word, s);
  const auto later = [](const Scratch::Candidate& a, const Scratch::Candidate& b) { return a.key > b.key; };
  s.heap.clear();
  for (int32_t i = 1; i < int32_t(s.from.size()); ++i) offer(word, i - 1, i, s);
  std::make_heap(s.heap.begin(), s.heap.end(), later);
  while (!s.heap.empty()) {
    std::pop_heap(s.heap.begin(), s.heap.end(), later);
    const Scratch::Candidate top = s.heap.back();
    s.heap.pop_back();
    const auto left = size_t(top.left);
    if (s.symbol_length[left] == 0 || s.next[left] < 0) continue;
    const auto right = size_t(s.next[left]);
    if (s.symbol_length[left] + s.symbol_length[right] != top.length) continue;  // one of the two was joined since
    s.symbol_length[left] = top.length;
    s.symbol_length[right] = 0;
    s.next[left] = s.next[right];
    if (s.next[left] >= 0) s.previous[size_t(s.next[left])] = top.left;
    if (offer(word, s.previous[left], top.left, s)) std::push_heap(s.heap.begin(), s.heap.end(), later);
    if (offer(word, top.left, s.next[left], s)) std::push_heap(s.heap.begin(), s.heap.end(), later);
  }
  for (int32_t i = s.from.empty() ? -1 : 0; i >= 0; i = s.next[size_t(i)])
    emit(word, uint32_t(s.from[size_t(i)]), s.symbol_length[size_t(i)], out);
}

LongestMatch::LongestMatch(Vocabulary vocabulary, int32_t unknown) {
  vocabulary_ = std::move(vocabulary);
  unknown_ = unknown;
  std::vector<std::pair<std::string_view, int32_t>> entries;
  for (int32_t id = 0; id < vocabulary_.id_end(); ++id) entries.emplace_back(vocabulary_.piece(id), id);
  trie_.build(std::move(entries));
}

void LongestMatch::tokenize(std::string_view word, Scratch&, std::vector<Token>& out) const {
  for (uint32_t at = 0; at < word.size();) {
    const auto [length, id] = trie_.longest(word.substr(at));
    if (length == 0 && unknown_ < 0)
      throw Error(ErrorKind::input,
                  cat("byte ", int(uint8_t(word[at])), " is not in the vocabulary, which has no unknown token"),
                  "use a text with known characters only");
    const auto end = at + uint32_t(std::max<size_t>(length, 1));
    out.push_back({length ? id : unknown_, at, end, false});
    at = end;
  }
}

CheapestPath::CheapestPath(Vocabulary vocabulary, const std::vector<float>& scores, const std::vector<bool>& is_byte) {
  vocabulary_ = std::move(vocabulary);
  byte_symbol_ = byte_tokens(vocabulary_);
  for (unsigned b = 0; b < 256; ++b)
    if (byte_symbol_[b] < 0)
      throw Error(ErrorKind::format, cat("the vocabulary has no token for byte ", b), "convert the checkpoint again",
                  "tokenizer.ggml.tokens");
  std::vector<std::pair<std::string_view, int32_t>> entries;
  scores_.assign(size_t(vocabulary_.id_end()), 0);
  for (int32_t id = 0; id < vocabulary_.id_end(); ++id) {
    const float score = size_t(id) < scores.size() ? scores[size_t(id)] : 0.0f;
    if (is_byte[size_t(id)] || !std::isfinite(score) || std::abs(score) > 1000.0f) continue;
    scores_[size_t(id)] = int64_t(std::round(double(score) * 1e4));
    entries.emplace_back(vocabulary_.piece(id), id);
  }
  trie_.build(std::move(entries));
}

void CheapestPath::tokenize(std::string_view word, Scratch& s, std::vector<Token>& out) const {
  constexpr double kUnknownCost = 10'000'000, kFar = double(int64_t(1) << 60);  // exact in a double
  const size_t n = word.size();
  s.score.assign(n + 1, kFar);
  s.score[n] = 0;
  s.from.assign(n + 1, 0);
  s.chosen.assign(n + 1, -1);
  for (size_t at = n; at-- > 0;) {
    if (is_continuation(word[at])) continue;
    trie_.prefixes(word.substr(at), [&](size_t length, int32_t id) {  // shortest first: a later tie wins
      const double cost = s.score[at + length] - double(scores_[size_t(id)]);
      if (cost <= s.score[at]) s.score[at] = cost, s.from[at] = int32_t(length), s.chosen[at] = id;
    });
    const size_t size = std::min(utf8_length(word[at]), n - at);
    const double cost = s.score[at + size] + kUnknownCost;
    if (cost < s.score[at]) s.score[at] = cost, s.from[at] = int32_t(size), s.chosen[at] = -1;
  }
  for (size_t at = 0; at < n;) {
    const size_t end = at + size_t(s.from[at]);
    if (s.chosen[at] >= 0) {
      out.push_back({s.chosen[at], uint32_t(at), uint32_t(end), false});
    } else {
      for (size_t i = at; i < end; ++i)
        out.push_back({byte_symbol_[uint8_t(word[i])], uint32_t(at), uint32_t(end), false});
    }
    at = end;
  }
}

}  // namespace vitrine::text
