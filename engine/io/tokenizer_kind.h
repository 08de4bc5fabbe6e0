// SPDX-License-Identifier: Apache-2.0
// Which tokenizer and whether a chat template come with a checkpoint, without building either.
#pragma once

#include <string>

#include "engine/io/weight_source.h"

namespace vitrine {

/// "gpt2 (smollm)" of a GGUF file, the model's type in tokenizer.json ("BPE", "Unigram", "WordPiece"), "SentencePiece"
/// where there is only tokenizer.model; empty: none.
std::string tokenizer_kind(const WeightSource& source);
bool has_chat_template(const WeightSource& source);

}  // namespace vitrine
