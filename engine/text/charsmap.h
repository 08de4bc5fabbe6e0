// SPDX-License-Identifier: Apache-2.0
// SentencePiece's precompiled normalization table: a double-array trie from byte prefixes to replacement strings.
// Layout: uint32 size of the trie in bytes, the trie's uint32 units, then the replacements, each ended by a NUL.
// (google/sentencepiece src/normalizer.cc; darts-clone's bit layout of a unit.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::text {

class Charsmap {
 public:
  /// Throws Error{format} if the sizes do not fit.
  explicit Charsmap(std::string_view blob);
  /// The replacement of the shortest / longest prefix of `text` in the table. `length`: bytes of that prefix.
  std::optional<std::string_view> shortest(std::string_view text, size_t* length = nullptr) const;
  std::optional<std::string_view> longest(std::string_view text, size_t* length = nullptr) const;

 private:
  std::optional<std::string_view> search(std::string_view text, bool stop_at_first, size_t* length) const;
  std::vector<uint32_t> units_;
  std::string replacements_;
};

}  // namespace vitrine::text
