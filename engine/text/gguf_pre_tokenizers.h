// SPDX-License-Identifier: Apache-2.0
// tokenizer.ggml.pre: the names llama.cpp knows and the splitting each stands for.
#pragma once

#include <span>
#include <string_view>

namespace vitrine::text {

struct GgufPreTokenizer {
  enum class Kind : unsigned char { bytes, sentencepiece, whitespace };
  std::span<const std::string_view> patterns;  // one after the other, each cutting out its matches
  bool ignore_merges = false, add_bos = false;
  Kind kind = Kind::bytes;
};

/// Patterns which are no regular expressions.
inline constexpr std::string_view kDigitTriples = "\\p{digit triples}", kDigitsAlone = "\\p{digits alone}",
                                  kDecimalsAlone = "\\p{decimals alone}";

/// nullptr: an unknown name.
const GgufPreTokenizer* find_gguf_pre_tokenizer(std::string_view name) noexcept;
/// All names, for tests.
std::span<const std::string_view> gguf_pre_tokenizer_names() noexcept;

}  // namespace vitrine::text
