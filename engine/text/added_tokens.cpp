// SPDX-License-Identifier: Apache-2.0
// Rules: tokenizers 0.23, src/tokenizer/added_vocabulary.rs.
#include "engine/text/added_tokens.h"

#include <algorithm>

#include "engine/text/unicode.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

static std::string normalized_text(const Normalizer& normalizer, const std::string& content) {
  AlignedText text(content, std::vector<Origin>(content.size()), 0);
  normalizer.apply(text);
  return text.text();
}

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens, const Model& model, const Normalizer* normalizer) {
  auto next_id = int32_t(model.vocabulary().size());
  for (const AddedToken& token : tokens) {
    if (token.content.empty()) continue;
    int32_t id = find(token.content);
    if (id < 0) id = model.vocabulary().find(token.content);
    if (id < 0) id = next_id++;
    Entry entry{token, {}};
    if (token.normalized && normalizer) {
      entry.normalized_form = normalized_text(*normalizer, token.content);
      if (entry.normalized_form == token.content) entry.normalized_form.clear();
    }
    by_content_[token.content] = id;
    by_id_[id] = std::move(entry);
    if (token.special) special_.insert(token.content);
    id_end_ = std::max(id_end_, id + 1);
  }
  std::vector<std::pair<std::string_view, int32_t>> plain, normalized;
  for (const auto& [id, entry] : by_id_)
    (entry.token.normalized ? normalized : plain).emplace_back(decode_form(id), id);
  plain_.build(std::move(plain));
  normalized_.build(std::move(normalized));
}

int32_t AddedTokens::find(std::string_view content) const noexcept {
  const auto at = by_content_.find(std::string(content));
  return at == by_content_.end() ? -1 : at->second;
}

const AddedToken* AddedTokens::token(int32_t id) const noexcept {
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : &at->second.token;
}

std::string_view AddedTokens::decode_form(int32_t id) const noexcept {
  const auto at = by_id_.find(id);
  if (at == by_id_.end()) return {};
  return at->second.normalized_form.empty() ? at->second.token.content : at->second.normalized_form;
}

static char32_t character_before(std::string_view text, size_t at) noexcept {
  size_t begin = at - 1, size;
  while (begin > 0 && is_continuation(text[begin])) --begin;
  return utf8_decode(text.data() + begin, size);
}

static bool is_single_word(std::string_view text, size_t begin, size_t end) noexcept {
  size_t size;
  return (begin == 0 || !is_word(character_before(text, begin))) &&
         (end == text.size() || !is_word(utf8_decode(text.data() + end, size)));
}

static size_t spaces_before(std::string_view text, size_t at) noexcept {
  while (at > 0 && is_space(character_before(text, at))) {
    --at;
    while (at > 0 && is_continuation(text[at])) --at;
  }
  return at;
}

static size_t spaces_after(std::string_view text, size_t at) noexcept {
  for (size_t size; at < text.size() && is_space(utf8_decode(text.data() + at, size)); at += size) {
  }
  return at;
}

void AddedTokens::split(Pieces& pieces, bool normalized, bool parse_special) const {
  const Trie& trie = normalized ? normalized_ : plain_;
  if (trie.empty() && !pieces.rewritten) return;
  std::vector<Piece> out;
  for (const Piece& piece : pieces.list) {
    if (piece.added >= 0) {
      out.push_back(piece);
      continue;
    }
    const std::string_view text = pieces.view(piece);
    size_t covered = 0;
    const auto keep = [&](size_t begin, size_t end, int32_t id) {
      if (begin < end) out.push_back(pieces.cut(piece.begin + uint32_t(begin), piece.begin + uint32_t(end), id));
    };
    for (size_t at = 0; !trie.empty() && at < text.size();) {
      if (!trie.starts_any(text[at])) {
        ++at;
        continue;
      }
      const auto [length, id] = trie.longest(text.substr(at));
      if (length == 0) {
        ++at;
        continue;
      }
      size_t begin = at, end = at + length;
      at = end;  // a rejected match is not looked into again
      const AddedToken& token = by_id_.at(id).token;
      if (!parse_special && special_.count(token.content)) continue;
      if (token.single_word && !is_single_word(text, begin, end)) continue;
      if (token.strip_left) begin = std::max(spaces_before(text, begin), covered);
      if (token.strip_right) end = spaces_after(text, end);
      if (covered < begin) keep(covered, begin, -1);
      keep(begin, end, id);
      covered = end;
    }
    keep(covered, text.size(), -1);
  }
  pieces.list = std::move(out);
}

}  // namespace vitrine::text
