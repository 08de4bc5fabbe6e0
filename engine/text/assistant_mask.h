// SPDX-License-Identifier: Apache-2.0
// Which tokens of a rendered conversation the assistant wrote: the loss mask of fine-tuning.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

namespace vitrine {

/// One byte per token, 1 inside a span. As transformers' return_assistant_tokens_mask: a span reaches from the token
/// that holds its first character to the one that holds its last; from a span whose first character lies in no token
/// (such as a trimmed space) on, nothing is marked.
VT_API std::vector<uint8_t> assistant_token_mask(const Encoding& encoding, std::span<const AssistantSpan> spans);

}  // namespace vitrine
