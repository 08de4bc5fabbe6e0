// SPDX-License-Identifier: Apache-2.0
// From the shown path of a conversation to the exact tokens the model reads, each with where it comes from.
#pragma once

#include <string>
#include <vector>

#include "plugins/api/transcript.h"
#include "plugins/chat/conversation.h"

namespace vitrine {

struct BuiltPrompt {
  std::string text;                 // as the model reads it, special tokens written out, an added BOS too
  std::vector<int32_t> ids;
  std::vector<TokenRole> roles;     // one a token
};

/// What an encoder-decoder's encoder reads: the text with all that the tokenizer adds.
BuiltPrompt build_source(const ModelLoaded& model, const QString& text);
/// Chat: the checkpoint's template over system prompt and turns, generation prompt added. Completion: the raw text, special tokens
/// parsed, BOS where the tokenizer adds one, in completion only if `add_bos`. Throws Error (a template may refuse a conversation).
BuiltPrompt build_prompt(const ModelLoaded& model, const std::vector<const Turn*>& path, const QString& system_prompt, bool completion, bool add_bos);

}  // namespace vitrine
