// SPDX-License-Identifier: Apache-2.0
// What happens to a text before it is split: the normalizers of tokenizer.json and those GGUF metadata implies.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/text/aligned_text.h"
#include "engine/text/charsmap.h"

namespace vitrine::text {

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void apply(AlignedText& text) const = 0;
  /// True if apply() certainly changes nothing: long plain texts need no alignment then.
  virtual bool leaves(std::string_view) const noexcept { return false; }
  virtual std::string description() const = 0;
};

using NormalizerPtr = std::unique_ptr<const Normalizer>;

struct BertNormalizerOptions {
  bool clean_text = true, chinese_characters = true, strip_accents = true, lowercase = true;
};

NormalizerPtr make_normal_form(NormalForm form);
NormalizerPtr make_lowercase();
NormalizerPtr make_strip(bool left, bool right);
NormalizerPtr make_strip_accents();
NormalizerPtr make_nmt();
NormalizerPtr make_bert_normalizer(BertNormalizerOptions options);
NormalizerPtr make_prepend(std::string content);
NormalizerPtr make_append(std::string content);
NormalizerPtr make_replace_string(std::string pattern, std::string content);
NormalizerPtr make_replace_regex(std::string_view pattern, std::string content);
NormalizerPtr make_byte_level_normalizer();
NormalizerPtr make_precompiled(std::string_view charsmap);
NormalizerPtr make_normalizer_sequence(std::vector<NormalizerPtr> parts);

/// llama.cpp's t5 vocabularies: charsmap, then spaces merged, prepended or appended, and written as U+2581.
struct SentencePieceOptions {
  std::string charsmap = {};  // empty: none
  bool add_space = true, space_as_suffix = false, merge_spaces = false, escape_spaces = true;
  std::vector<std::string> protected_pieces = {};  // user-defined tokens pass unchanged
};
NormalizerPtr make_sentencepiece_normalizer(SentencePieceOptions options);

/// All matches of a plain string, and the gaps; an empty pattern matches nothing.
void find_string(std::string_view text, std::string_view pattern, std::vector<Match>& out);

}  // namespace vitrine::text
