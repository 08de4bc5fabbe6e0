// SPDX-License-Identifier: Apache-2.0
#include "engine/text/bpe.h"

#include <algorithm>
#include <bit>
#include <cstdio>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/byte_alphabet.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

void MergeTable::reserve(size_t merges) {
  table_.assign(std::bit_ceil(merges * 2 + 2), Merge{});
  mask_ = table_.size() - 1;
}

void MergeTable::insert(int32_t left, int32_t right, uint32_t rank, int32_t id, bool replace) {
  const uint64_t pair = uint64_t(uint32_t(left)) << 32 | uint32_t(right);
  size_t i = hash(pair) & mask_;
  while (table_[i].pair != UINT64_MAX && table_[i].pair != pair) i = (i + 1) & mask_;
  if (table_[i].pair == pair && !replace) return;
  table_[i] = {pair, rank, id};
}

static std::string byte_piece(unsigned byte) {
  char name[8];
  std::snprintf(name, sizeof name, "<0x%02X>", byte & 0xFF);
  return name;
}

Bpe::Bpe(Vocabulary vocabulary, const MergeList& merges, BpeOptions options, Duplicate duplicate, bool lenient)
    : options_(std::move(options)), merge_count_(merges.size()) {
  vocabulary_ = std::move(vocabulary);
  if (!options_.unknown_token.empty()) unknown_ = vocabulary_.find(options_.unknown_token);
  merges_.reserve(merges.size());
  std::string whole;
  for (size_t rank = 0; rank < merges.size(); ++rank) {
    const std::string_view left = merges[rank].first, right = merges[rank].second;
    const auto fail = [&](std::string_view piece) {
      throw Error(
          ErrorKind::format,
          cat("merge ", rank, " ('", left, "' + '", right, "') needs '", piece, "', which is not in the vocabulary"),
          "use the tokenizer file which came with the checkpoint", "merges");
    };
    const int32_t left_id = vocabulary_.find(left), right_id = vocabulary_.find(right);
    if (!lenient && left_id < 0) fail(left);
    if (!lenient && right_id < 0) fail(right);
    if (!lenient && right.size() < options_.continuing_prefix.size()) fail(right);
    whole.assign(left);
    if (right.size() >= options_.continuing_prefix.size()) whole += right.substr(options_.continuing_prefix.size());
    const int32_t id = vocabulary_.find(whole);
    if (!lenient && id < 0) fail(whole);
    if (left_id < 0 || right_id < 0 || id < 0) continue;
    merges_.insert(left_id, right_id, uint32_t(rank), id, duplicate == Duplicate::last_wins);
  }
  for (unsigned b = 0; b < 256; ++b) byte_symbol_[b] = vocabulary_.find(byte_piece(b));
}

bool Bpe::use_bytes() {
  // With a symbol for every byte neither the unknown token nor byte fallback is ever needed.
  if (!options_.continuing_prefix.empty() || !options_.word_suffix.empty()) return false;
  std::array<int32_t, 256> symbols;
  for (unsigned b = 0; b < 256; ++b) {
    const char byte = char(b);
    symbols[b] = vocabulary_.find(piece_of_bytes({&byte, 1}));
    if (symbols[b] < 0) return false;
  }
  for (int32_t id = 0; id < vocabulary_.id_end(); ++id) {
    if (!vocabulary_.has(id) || vocabulary_.find(vocabulary_.piece(id)) != id) continue;
    if (const auto raw = bytes_of_piece(vocabulary_.piece(id))) raw_.add(*raw, id, size_t(vocabulary_.id_end()));
  }
  raw_.finish();
  byte_symbol_ = symbols;
  return bytes_ = true;
}

std::string Bpe::description() const {
  std::string text = cat(bytes_ ? "byte-level BPE, " : "BPE, ", merge_count_, " merges");
  if (options_.byte_fallback) text += ", byte fallback";
  if (options_.ignore_merges) text += ", whole words first";
  return text;
}

int32_t Bpe::whole_word(std::string_view word) const noexcept {
  return bytes_ ? raw_.find(word) : vocabulary_.find(word);
}

void Bpe::seed_bytes(std::string_view word, Scratch& s) const {
  s.symbol_id.resize(word.size());
  s.symbol_length.assign(word.size(), 1);
  for (size_t i = 0; i < word.size(); ++i) s.symbol_id[i] = byte_symbol_[uint8_t(word[i])];
}

std::string Bpe::character_piece(std::string_view character, bool first, bool last) const {
  std::string piece = first ? std::string() : options_.continuing_prefix;
  piece += character;
  if (last) piece += options_.word_suffix;
  return piece;
}

bool Bpe::seed_byte_fallback(std::string_view text, Scratch& s) const {
  for (const char b : text)
    if (byte_symbol_[uint8_t(b)] < 0) return false;
  for (const char b : text) {
    s.symbol_id.push_back(byte_symbol_[uint8_t(b)]);
    s.symbol_length.push_back(1);
  }
  return true;
}

void Bpe::seed_characters(std::string_view word, Scratch& s) const {
  s.symbol_id.clear();
  s.symbol_length.clear();
  uint32_t unknown_length = 0;  // bytes of an unknown symbol not yet pushed; byte tokens may overtake it
  const auto push_unknown = [&] {
    if (unknown_length == 0) return;
    s.symbol_id.push_back(unknown_);
    s.symbol_length.push_back(unknown_length);
    unknown_length = 0;
  };
  const bool plain = options_.continuing_prefix.empty() && options_.word_suffix.empty();
  std::string decorated;
  for (size_t i = 0, size; i < word.size(); i += size) {
    size = std::min(utf8_length(word[i]), word.size() - i);
    std::string_view piece = word.substr(i, size);
    if (!plain) piece = decorated = character_piece(piece, i == 0, i + size == word.size());
    if (const int32_t id = vocabulary_.find(piece); id >= 0) {
      push_unknown();
      s.symbol_id.push_back(id);
      s.symbol_length.push_back(uint32_t(size));
    } else if (options_.byte_fallback && seed_byte_fallback(piece, s)) {
      continue;
    } else if (!options_.unknown_token.empty()) {
      if (unknown_ < 0)
        throw Error(ErrorKind::format, cat("the unknown token '", options_.unknown_token, "' is not in the vocabulary"),
                    "use the tokenizer file which came with the checkpoint", "model.unk_token");
      if (!options_.fuse_unknown) push_unknown();
      unknown_length += uint32_t(size);
    }
  }
  push_unknown();
}

// Few symbols: look for the lowest rank again after each merge.
void Bpe::merge_short(Scratch& s) const {
  auto& id = s.symbol_id;
  auto& length = s.symbol_length;
  size_t n = id.size();
  const MergeTable::Merge* known[kShortWord];
  for (size_t i = 0; i + 1 < n; ++i) known[i] = merges_.find(id[i], id[i + 1]);
  while (n > 1) {
    size_t best = n;
    uint32_t rank = UINT32_MAX;
    for (size_t i = 0; i + 1 < n; ++i)
      if (known[i] && known[i]->rank < rank) rank = known[i]->rank, best = i;
    if (best == n) break;
    id[best] = known[best]->id;
    length[best] += length[best + 1];
    for (size_t i = best + 1; i + 1 < n; ++i) {
      id[i] = id[i + 1];
      length[i] = length[i + 1];
      known[i] = known[i + 1];
    }
    --n;
    known[best] = best + 1 < n ? merges_.find(id[best], id[best + 1]) : nullptr;
    if (best > 0) known[best - 1] = merges_.find(id[best - 1], id[best]);
  }
  id.resize(n);
  length.resize(n);
}

// Many symbols: a queue by rank, then position; entries whose pair is gone are skipped.
void Bpe::merge_long(Scratch& s) const {
  auto& id = s.symbol_id;
  auto& length = s.symbol_length;
  const auto n = int32_t(id.size());
  s.previous.resize(size_t(n));
  s.next.resize(size_t(n));
  s.heap.clear();
  const auto later = [](const Scratch::Candidate& a, const Scratch::Candidate& b) { return a.key > b.key; };
  const auto offer = [&](int32_t left, int32_t right) {
    if (left < 0 || right < 0 || right >= n) return false;
    const auto* merge = merges_.find(id[size_t(left)], id[size_t(right)]);
    if (!merge) return false;
    s.heap.push_back({uint64_t(merge->rank) << 32 | uint32_t(left), left, merge->id, 0});
    return true;
  };
  for (int32_t i = 0; i < n; ++i) {
    s.previous[size_t(i)] = i - 1;
    s.next[size_t(i)] = i + 1 < n ? i + 1 : -1;
    offer(i - 1, i);
  }
  std::make_heap(s.heap.begin(), s.heap.end(), later);
  while (!s.heap.empty()) {
    std::pop_heap(s.heap.begin(), s.heap.end(), later);
    const Scratch::Candidate top = s.heap.back();
    s.heap.pop_back();
    const auto left = size_t(top.left);
    if (length[left] == 0 || s.next[left] < 0) continue;
    const auto right = size_t(s.next[left]);
    const auto* merge = merges_.find(id[left], id[right]);
    if (!merge || merge->id != top.id) continue;
    id[left] = top.id;
    length[left] += length[right];
    length[right] = 0;
    s.next[left] = s.next[right];
    if (s.next[left] >= 0) s.previous[size_t(s.next[left])] = top.left;
    if (offer(s.previous[left], top.left)) std::push_heap(s.heap.begin(), s.heap.end(), later);
    if (offer(top.left, s.next[left])) std::push_heap(s.heap.begin(), s.heap.end(), later);
  }
  size_t kept = 0;
  for (size_t i = 0; i < size_t(n); ++i)
    if (length[i]) id[kept] = id[i], length[kept++] = length[i];
  id.resize(kept);
  length.resize(kept);
}

void Bpe::compute(std::string_view word, Scratch& s) const {
  if (options_.ignore_merges) {
    if (const int32_t id = whole_word(word); id >= 0) {
      s.symbol_id.assign(1, id);
      s.symbol_length.assign(1, uint32_t(word.size()));
      return;
    }
  }
  bytes_ ? seed_bytes(word, s) : seed_characters(word, s);
  s.symbol_id.size() <= kShortWord ? merge_short(s) : merge_long(s);
}

void Bpe::tokenize(std::string_view word, Scratch& s, std::vector<Token>& out) const {
  const uint64_t hash = word.size() <= WordCache::kLongestWord ? hash_bytes(word.data(), word.size()) : 0;
  WordCache::Hit hit;
  if (word.size() <= WordCache::kLongestWord) hit = s.cache.find(word, hash);
  uint32_t at = 0;
  if (hit.units) {
    for (size_t i = 0; i < hit.count; ++i) {
      out.push_back({hit.units[i].id, at, at + hit.units[i].length, false});
      at += hit.units[i].length;
    }
    return;
  }
  compute(word, s);
  WordCache::Unit units[WordCache::kLongestResult];
  const size_t n = s.symbol_id.size();
  for (size_t i = 0; i < n; ++i) {
    if (i < WordCache::kLongestResult) units[i] = {s.symbol_id[i], s.symbol_length[i]};
    out.push_back({s.symbol_id[i], at, at + s.symbol_length[i], false});
    at += s.symbol_length[i];
  }
  s.cache.insert(word, hash, units, n);
}

void Bpe::tokenize_ids(std::string_view word, Scratch& s, std::vector<int32_t>& out) const {
  if (word.size() <= WordCache::kLongestWord) {
    const auto hit = s.cache.find(word, hash_bytes(word.data(), word.size()));
    if (hit.units) {
      for (size_t i = 0; i < hit.count; ++i) out.push_back(hit.units[i].id);
      return;
    }
  }
  s.tokens.clear();
  tokenize(word, s, s.tokens);
  for (const Token& t : s.tokens) out.push_back(t.id);
}

}  // namespace vitrine::text
