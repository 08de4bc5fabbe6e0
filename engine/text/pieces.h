// SPDX-License-Identifier: Apache-2.0
// A text cut into pieces on its way to the model: the current text, where each byte came from, and the cuts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/text/aligned_text.h"

namespace vitrine::text {

struct Piece {
  uint32_t begin = 0, end = 0;  // bytes of Pieces::text
  int32_t added = -1;           // id of an added token; then nothing splits or rewrites the piece any more
  uint32_t start = 0;           // original byte at which the piece was cut: where inserted characters belong
};

struct Pieces {
  std::string_view original;  // the text as given
  bool rewritten = false;     // then `storage` is the current text, with one of `origins` per byte
  std::string storage;
  std::vector<Origin> origins;
  std::vector<Piece> list;

  std::string_view text() const noexcept { return rewritten ? std::string_view(storage) : original; }
  std::string_view view(const Piece& p) const noexcept { return text().substr(p.begin, p.end - p.begin); }
  /// Original bytes of text[begin, end): whole characters.
  Origin origin(uint32_t begin, uint32_t end) const noexcept;
  /// A non-empty part of this text as a piece of its own.
  Piece cut(uint32_t begin, uint32_t end, int32_t added = -1) const noexcept {
    return {begin, end, added, rewritten ? origins[begin].begin : begin};
  }
};

/// Collects rewritten pieces into a new Pieces.
class PieceWriter {
 public:
  PieceWriter(std::string_view original, size_t expected_bytes) : original_(original) {
    text_.reserve(expected_bytes);
    origins_.reserve(expected_bytes);
  }
  /// A piece as it stands in `from`.
  void copy(const Pieces& from, const Piece& piece);
  void add(const AlignedText& text, uint32_t start);
  Pieces finish();

 private:
  std::string_view original_;
  std::string text_;
  std::vector<Origin> origins_;
  std::vector<Piece> list_;
};

/// The piece as a text of its own.
AlignedText aligned(const Pieces& pieces, const Piece& piece);

/// Rewrites each piece that is no added token by edit(AlignedText&, const Piece&).
template <class Edit>
void rewrite_pieces(Pieces& pieces, Edit&& edit) {
  PieceWriter out(pieces.original, pieces.text().size() + pieces.text().size() / 4);
  for (const Piece& piece : pieces.list) {
    if (piece.added >= 0) {
      out.copy(pieces, piece);
      continue;
    }
    AlignedText text = aligned(pieces, piece);
    edit(text, piece);
    out.add(text, piece.start);
  }
  pieces = out.finish();
}

}  // namespace vitrine::text
