// SPDX-License-Identifier: Apache-2.0
// Strings <-> ids: all strings in one block of memory, ids found through an open-addressing hash table.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::text {

/// A fast hash for short byte strings (not for untrusted hash flooding: tables are bounded by the vocabulary).
inline uint64_t hash_bytes(const char* p, size_t n) noexcept {
  constexpr uint64_t kMul = 0x9E3779B97F4A7C15ull;
  uint64_t h = n * kMul, word;
  for (; n >= 8; p += 8, n -= 8) {
    std::memcpy(&word, p, 8);
    h = (h ^ word) * kMul;
    h ^= h >> 29;
  }
  if (n) {
    word = 0;
    for (size_t i = 0; i < n; ++i) word |= uint64_t(uint8_t(p[i])) << (8 * i);
    h = (h ^ word) * kMul;
  }
  h ^= h >> 32;
  h *= kMul;
  return h ^ h >> 29;
}

class Vocabulary {
 public:
  /// Later strings with an id already in use replace it; a string already known gets the later id, as in the reference.
  /// Throws Error{format} if `id` is negative or far beyond what the number of entries can explain.
  void add(std::string_view piece, int64_t id, size_t expected_entries);
  /// Builds the table; find() works only afterwards.
  void finish();

  int32_t find(std::string_view piece) const noexcept {  // -1: none
    if (slots_.empty()) return -1;
    for (size_t i = hash_bytes(piece.data(), piece.size()) & mask_;; i = (i + 1) & mask_) {
      const int32_t id = slots_[i];
      if (id < 0) return -1;
      if (piece_of(id) == piece) return id;
    }
  }
  bool has(int32_t id) const noexcept { return id >= 0 && size_t(id) < entries_.size() && entries_[size_t(id)].used; }
  std::string_view piece(int32_t id) const noexcept { return has(id) ? piece_of(id) : std::string_view(); }
  /// One more than the largest id.
  int32_t id_end() const noexcept { return int32_t(entries_.size()); }
  /// Number of different strings.
  size_t size() const noexcept { return count_; }
  size_t longest() const noexcept { return longest_; }

 private:
  struct Entry {
    uint32_t begin = 0, length : 31 = 0, used : 1 = 0;
  };
  std::string_view piece_of(int32_t id) const noexcept {
    const Entry& e = entries_[size_t(id)];
    return {bytes_.data() + e.begin, e.length};
  }
  std::string bytes_;
  std::vector<Entry> entries_;  // by id
  std::vector<int32_t> slots_;  // ids, -1 = free
  size_t mask_ = 0, count_ = 0, longest_ = 0;
};

}  // namespace vitrine::text
