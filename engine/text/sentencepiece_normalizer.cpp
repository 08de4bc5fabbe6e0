// SPDX-License-Identifier: Apache-2.0
// The normalization of SentencePiece as llama.cpp applies it to t5 vocabularies (llama-vocab.cpp, llm_tokenizer_ugm).
#include "engine/text/normalizers.h"
#include "engine/text/trie.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

namespace {

class SentencePiece final : public Normalizer {
 public:
  explicit SentencePiece(SentencePieceOptions options) : options_(std::move(options)) {
    if (!options_.charsmap.empty()) map_ = std::make_unique<Charsmap>(options_.charsmap);
    std::vector<std::pair<std::string_view, int32_t>> entries;
    for (const std::string& piece : options_.protected_pieces) entries.emplace_back(piece, 0);
    protected_.build(std::move(entries));
  }

  std::string description() const override { return map_ ? "SentencePiece charsmap" : "SentencePiece"; }

  void apply(AlignedText& text) const override {
    const std::string_view all = text.text();
    const std::string space = options_.escape_spaces ? "\xE2\x96\x81" : " ";
    const bool before = options_.add_space && !options_.space_as_suffix;
    std::string out;
    std::vector<Origin> origins;
    bool prepended = false, in_word = false;
    Origin origin;
    const auto write = [&](std::string_view s) {
      out += s;
      origins.resize(out.size(), origin);
    };
    for (size_t at = 0; at < all.size();) {
      const auto [to, used] = rewrite(all.substr(at));
      origin = {text.origins()[at].begin, text.origins()[at + used - 1].end};
      for (size_t i = 0, size; i < to.size(); i += size) {
        size = utf8_length(to[i]);
        if (to[i] == ' ') {
          in_word = false;
          if (!options_.merge_spaces) write(space);
          continue;
        }
        if (!in_word && ((before && !prepended) || options_.merge_spaces)) {
          write(space);
          prepended = true;
        }
        in_word = true;
        write(to.substr(i, size));
      }
      at += used;
    }
    if (options_.add_space && options_.space_as_suffix) write(space);
    text.assign(std::move(out), std::move(origins));
  }

 private:
  // What the beginning of `text` becomes and how many of its bytes that replaces.
  std::pair<std::string_view, size_t> rewrite(std::string_view text) const {
    size_t used = protected_.empty() ? 0 : protected_.longest(text).first;
    if (used > 0) return {text.substr(0, used), used};
    if (map_)
      if (const auto to = map_->longest(text, &used)) return {*to, used};
    used = utf8_length(text[0]);
    return {text.substr(0, used), used};
  }

  SentencePieceOptions options_;
  std::unique_ptr<const Charsmap> map_;
  Trie protected_;
};

}  // namespace

NormalizerPtr make_sentencepiece_normalizer(SentencePieceOptions options) {
  return std::make_unique<SentencePiece>(std::move(options));
}

}  // namespace vitrine::text
