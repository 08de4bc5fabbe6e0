// SPDX-License-Identifier: Apache-2.0
#include "engine/text/vocabulary.h"

#include <algorithm>
#include <bit>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine::text {

void Vocabulary::add(std::string_view piece, int64_t id, size_t expected_entries) {
  const int64_t limit = int64_t(expected_entries) * 4 + 1'000'000;
  if (id < 0 || id >= limit)
    throw Error(ErrorKind::format, cat("token id ", id, " is out of range for a vocabulary of ", expected_entries),
                "use the tokenizer file which came with the checkpoint", cat("token '", piece.substr(0, 40), "'"));
  if (bytes_.size() + piece.size() > UINT32_MAX)
    throw Error(ErrorKind::memory, "the vocabulary's text is larger than 4 GiB", "", "vocabulary");
  if (size_t(id) >= entries_.size()) entries_.resize(size_t(id) + 1);
  entries_[size_t(id)] = {uint32_t(bytes_.size()), uint32_t(piece.size()), 1};
  bytes_ += piece;
  longest_ = std::max(longest_, piece.size());
}

void Vocabulary::finish() {
  size_t used = 0;
  for (const Entry& e : entries_) used += e.used;
  const size_t capacity = std::bit_ceil(used * 2 + 8);
  slots_.assign(capacity, -1);
  mask_ = capacity - 1;
  count_ = 0;
  for (size_t id = 0; id < entries_.size(); ++id) {
    if (!entries_[id].used) continue;
    const std::string_view piece = piece_of(int32_t(id));
    size_t i = hash_bytes(piece.data(), piece.size()) & mask_;
    while (slots_[i] >= 0 && piece_of(slots_[i]) != piece) i = (i + 1) & mask_;
    count_ += slots_[i] < 0;
    slots_[i] = int32_t(id);
  }
}

}  // namespace vitrine::text
