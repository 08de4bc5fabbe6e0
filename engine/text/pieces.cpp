// SPDX-License-Identifier: Apache-2.0
#include "engine/text/pieces.h"

#include "engine/text/utf8.h"

namespace vitrine::text {

Origin Pieces::origin(uint32_t begin, uint32_t end) const noexcept {
  const std::string_view text = this->text();
  if (begin >= end || end > text.size()) return {begin, begin};
  if (rewritten) return {origins[begin].begin, origins[end - 1].end};
  while (begin > 0 && is_continuation(text[begin])) --begin;
  while (end < text.size() && is_continuation(text[end])) ++end;
  return {begin, end};
}

static void append_origins(const Pieces& from, const Piece& piece, std::vector<Origin>& out) {
  if (from.rewritten) {
    out.insert(out.end(), from.origins.begin() + piece.begin, from.origins.begin() + piece.end);
    return;
  }
  for (uint32_t i = piece.begin; i < piece.end;) {
    const auto size = uint32_t(utf8_length(from.original[i]));
    out.resize(out.size() + size, Origin{i, i + size});
    i += size;
  }
}

void PieceWriter::copy(const Pieces& from, const Piece& piece) {
  const auto begin = uint32_t(text_.size());
  text_ += from.view(piece);
  append_origins(from, piece, origins_);
  list_.push_back({begin, uint32_t(text_.size()), piece.added, piece.start});
}

void PieceWriter::add(const AlignedText& text, uint32_t start) {
  if (text.empty()) return;
  const auto begin = uint32_t(text_.size());
  text_ += text.text();
  origins_.insert(origins_.end(), text.origins().begin(), text.origins().end());
  list_.push_back({begin, uint32_t(text_.size()), -1, start});
}

Pieces PieceWriter::finish() {
  Pieces out;
  out.original = original_;
  out.rewritten = true;
  out.storage = std::move(text_);
  out.origins = std::move(origins_);
  out.list = std::move(list_);
  return out;
}

AlignedText aligned(const Pieces& pieces, const Piece& piece) {
  std::vector<Origin> origins;
  origins.reserve(piece.end - piece.begin);
  append_origins(pieces, piece, origins);
  return {std::string(pieces.view(piece)), std::move(origins), piece.start};
}

}  // namespace vitrine::text
