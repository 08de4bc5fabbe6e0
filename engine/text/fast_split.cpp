// SPDX-License-Identifier: Apache-2.0
#include "engine/text/fast_split.h"

namespace vitrine::text {

static constexpr std::string_view kGpt2 =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
static constexpr std::string_view kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
static constexpr std::string_view kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

std::string_view pattern_source(FastPattern pattern) noexcept {
  switch (pattern) {
    case FastPattern::llama3:
      return kLlama3;
    case FastPattern::qwen2:
      return kQwen2;
    case FastPattern::gpt2:
    case FastPattern::gpt2_digits:
    case FastPattern::gpt2_decimals:
      break;
  }
  return kGpt2;
}

std::optional<FastPattern> known_pattern(std::string_view regex) noexcept {
  if (regex == kGpt2) return FastPattern::gpt2;
  if (regex == kLlama3) return FastPattern::llama3;
  if (regex == kQwen2) return FastPattern::qwen2;
  return std::nullopt;
}

}  // namespace vitrine::text
