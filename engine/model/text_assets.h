// SPDX-License-Identifier: Apache-2.0
// From a checkpoint to its tokenizer: the keys of a GGUF file or the companion files of a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "engine/core/api.h"
#include "engine/io/weight_source.h"
#include "engine/text/tokenizer.h"

namespace vitrine {

/// The tokenizer.ggml.* keys of a GGUF file. Throws Error{format} naming a key of the wrong type.
VT_API GgufVocabulary read_gguf_vocabulary(const WeightSource& source);

/// Throws Error naming the file and what is missing or unknown.
VT_API std::shared_ptr<const Tokenizer> load_tokenizer(const WeightSource& source);

/// A .gguf file (a vocabulary without tensors is enough), a folder with a tokenizer.json (nothing else is needed), or
/// a tokenizer.json.
VT_API std::shared_ptr<const Tokenizer> load_tokenizer(const std::filesystem::path& path);

/// The ids that end a generation: the tokenizer's and those of generation_config.json or config.json, ascending.
VT_API std::vector<int32_t> end_of_generation_ids(const WeightSource& source, const Tokenizer& tokenizer);

}  // namespace vitrine
