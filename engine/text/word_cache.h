// SPDX-License-Identifier: Apache-2.0
// What a word became last time: a bounded hash table from bytes to a model's result, for one thread at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace vitrine::text {

class WordCache {
 public:
  static constexpr size_t kLongestWord = 255, kLongestResult = 255;
  struct Unit {
    int32_t id;
    uint32_t length;  // bytes of the word this token covers
  };
  struct Hit {
    const Unit* units = nullptr;  // nullptr: not known
    size_t count = 0;
  };

  Hit find(std::string_view word, uint64_t hash) const noexcept {
    if (slots_.empty()) return {};
    for (size_t i = hash & kMask;; i = (i + 1) & kMask) {
      const Slot& s = slots_[i];
      if (s.size == 0) return {};
      if (s.hash == hash && s.size == word.size() && std::memcmp(bytes_.data() + s.word, word.data(), s.size) == 0)
        return {units_.data() + s.units, s.count};
    }
  }

  /// Remembers `units` for `word` (1 to kLongestWord bytes); when full, forgets everything first.
  void insert(std::string_view word, uint64_t hash, const Unit* units, size_t count) {
    if (word.empty() || word.size() > kLongestWord || count > kLongestResult) return;
    if (slots_.empty() || used_ >= kMask / 2 || bytes_.size() > kMaxBytes) {
      slots_.assign(kMask + 1, Slot{});
      bytes_.clear();
      units_.clear();
      used_ = 0;
    }
    size_t i = hash & kMask;
    while (slots_[i].size) i = (i + 1) & kMask;
    slots_[i] = {hash, uint32_t(bytes_.size()), uint32_t(units_.size()), uint8_t(word.size()), uint8_t(count)};
    bytes_.insert(bytes_.end(), word.begin(), word.end());
    units_.insert(units_.end(), units, units + count);
    ++used_;
  }

 private:
  static constexpr size_t kMask = (1u << 16) - 1, kMaxBytes = 1u << 20;
  struct Slot {
    uint64_t hash = 0;
    uint32_t word = 0, units = 0;
    uint8_t size = 0, count = 0;
  };
  std::vector<Slot> slots_;
  std::vector<char> bytes_;
  std::vector<Unit> units_;
  size_t used_ = 0;
};

}  // namespace vitrine::text
