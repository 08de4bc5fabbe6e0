// SPDX-License-Identifier: Apache-2.0
// Tokens which stand in the text as themselves (<|im_start|>, [MASK] ...): found before the text is normalized, or
// after.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/text/model.h"
#include "engine/text/normalizers.h"
#include "engine/text/pieces.h"
#include "engine/text/trie.h"

namespace vitrine::text {

struct AddedToken {
  std::string content;
  bool single_word = false, strip_left = false, strip_right = false, normalized = false, special = false;
};

class AddedTokens {
 public:
  AddedTokens() = default;
  /// Tokens get the id the model has for them, or the next free one. `normalizer` may be null.
  AddedTokens(const std::vector<AddedToken>& tokens, const Model& model, const Normalizer* normalizer);

  /// Cuts `pieces` at the tokens to be found before (`normalized` false) or after normalization.
  void split(Pieces& pieces, bool normalized, bool parse_special) const;

  size_t size() const noexcept { return by_id_.size(); }
  int32_t find(std::string_view content) const noexcept;    // -1: none
  const AddedToken* token(int32_t id) const noexcept;       // nullptr: not an added token
  std::string_view decode_form(int32_t id) const noexcept;  // what decoders see
  bool is_special(std::string_view text) const { return special_.count(std::string(text)) != 0; }
  int32_t id_end() const noexcept { return id_end_; }

 private:
  struct Entry {
    AddedToken token;
    std::string normalized_form;  // empty: the content itself
  };
  std::unordered_map<std::string, int32_t> by_content_;
  std::unordered_map<int32_t, Entry> by_id_;
  std::unordered_set<std::string> special_;
  Trie plain_, normalized_;
  int32_t id_end_ = 0;
};

}  // namespace vitrine::text
