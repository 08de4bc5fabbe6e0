// SPDX-License-Identifier: Apache-2.0
// The readers of a tokenizer.json's parts. Used by pipeline_from_json() only.
#pragma once

#include "engine/text/json_fields.h"
#include "engine/text/pipeline.h"

namespace vitrine::text {

std::unique_ptr<Model> read_model(const Fields& fields, bool byte_level_words);
NormalizerPtr read_normalizer(const Fields& fields, int depth = 0);
/// Appends the steps of a pre-tokenizer, sequences flattened.
void read_pre_tokenizer(const Fields& fields, std::vector<PreTokenizerPtr>& steps, std::vector<std::string>& names,
                        int depth = 0);
PostProcessorPtr read_post_processor(const Fields& fields, int depth = 0);
DecoderPtr read_decoder(const Fields& fields, int depth = 0);

/// Throws Error{format} beyond the depth any real file has.
void check_depth(int depth, const Fields& fields);

}  // namespace vitrine::text
