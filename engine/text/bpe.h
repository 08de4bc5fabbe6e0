// SPDX-License-Identifier: Apache-2.0
// Byte-pair encoding by ranked merges (Sennrich et al. 2016, arXiv:1508.07909), on characters or on bytes.
#pragma once

#include <array>
#include <utility>

#include "engine/text/model.h"

namespace vitrine::text {

struct BpeOptions {
  std::string unknown_token = {};  // empty: none
  std::string continuing_prefix = {}, word_suffix = {};
  bool fuse_unknown = false, byte_fallback = false, ignore_merges = false;
};

/// Pairs of ids -> rank and merged id, in an open-addressing table.
class MergeTable {
 public:
  struct Merge {
    uint64_t pair = UINT64_MAX;
    uint32_t rank = UINT32_MAX;
    int32_t id = -1;
  };
  void reserve(size_t merges);
  /// A pair given twice keeps the later rank if `replace`, as each of the two references does it.
  void insert(int32_t left, int32_t right, uint32_t rank, int32_t id, bool replace);
  const Merge* find(int32_t left, int32_t right) const noexcept {
    const uint64_t pair = uint64_t(uint32_t(left)) << 32 | uint32_t(right);
    for (size_t i = hash(pair) & mask_;; i = (i + 1) & mask_) {
      if (table_[i].pair == pair) return &table_[i];
      if (table_[i].pair == UINT64_MAX) return nullptr;
    }
  }

 private:
  static uint64_t hash(uint64_t pair) noexcept {
    pair *= 0x9E3779B97F4A7C15ull;
    return pair ^ pair >> 32;
  }
  std::vector<Merge> table_ = std::vector<Merge>(1);
  size_t mask_ = 0;
};

class Bpe final : public Model {
 public:
  using MergeList = std::vector<std::pair<std::string_view, std::string_view>>;
  enum class Duplicate : uint8_t { last_wins, first_wins };

  /// Throws Error{format} naming a merge whose parts or whole are not in the vocabulary (unless `lenient`: skipped, as
  /// llama.cpp does).
  Bpe(Vocabulary vocabulary, const MergeList& merges, BpeOptions options, Duplicate duplicate, bool lenient);

  /// From now on words are raw bytes and pieces are read through the byte alphabet: what the ByteLevel pre-tokenizer
  /// and a character BPE do together. False (and no change) if options rule it out.
  bool use_bytes();

  void tokenize(std::string_view word, Scratch& scratch, std::vector<Token>& out) const override;
  void tokenize_ids(std::string_view word, Scratch& scratch, std::vector<int32_t>& out) const override;
  std::string description() const override;
  bool reads_bytes() const noexcept { return bytes_; }

 private:
  static constexpr size_t kShortWord = 48;
  void compute(std::string_view word, Scratch& scratch) const;
  void seed_bytes(std::string_view word, Scratch& scratch) const;
  void seed_characters(std::string_view word, Scratch& scratch) const;
  bool seed_byte_fallback(std::string_view text, Scratch& scratch) const;
  int32_t whole_word(std::string_view word) const noexcept;
  void merge_short(Scratch& scratch) const;
  void merge_long(Scratch& scratch) const;
  std::string character_piece(std::string_view character, bool first, bool last) const;

  BpeOptions options_;
  MergeTable merges_;
  size_t merge_count_ = 0;
  bool bytes_ = false;
  Vocabulary raw_;                          // pieces as raw bytes, when bytes_
  std::array<int32_t, 256> byte_symbol_{};  // bytes_: id of each single byte; else of <0xNN>
};

}  // namespace vitrine::text
