// SPDX-License-Identifier: Apache-2.0
// One vector a text: tokens, the model, pooling and what follows it (embedding_spec.h). Texts of like length share a step; a text's vector
// does not depend on the others.
#pragma once

#include <memory>
#include <span>
#include <stop_token>

#include "engine/model/embedding_spec.h"
#include "engine/model/model.h"
#include "engine/text/tokenizer.h"

namespace vitrine {

struct Embeddings {
  int width = 0;
  std::vector<float> values;               // [texts, width]
  std::vector<int32_t> tokens, left_out;   // of each text: read, and cut off
  std::vector<std::vector<int32_t>> ids;   // of each text: as they were read
};

class VT_API SentenceEncoder {
 public:
  /// Throws Error input where the model's vectors do not fit the steps' widths.
  SentenceEncoder(std::shared_ptr<const Model> model, std::shared_ptr<const Tokenizer> tokenizer, EmbeddingSpec spec);

  const EmbeddingSpec& spec() const noexcept { return spec_; }
  /// `prompt`: a name of spec().prompts, "" for the default. Throws Error input for an unknown one or a text without tokens, cancelled
  /// when stopped.
  Embeddings encode(std::span<const std::string> texts, std::string_view prompt, Precision precision, std::stop_token stop = {},
                    const ProgressFn& progress = {}) const;

 private:
  struct Text {
    std::vector<int32_t> ids;
    int pooled_from = 0;                   // tokens of a prompt that are not pooled
    int32_t left_out = 0;
  };
  Text tokenize(const std::string& text, const std::string& prompt) const;
  std::vector<float> hidden(std::span<const Text* const> texts, Precision precision, std::stop_token stop) const;
  std::vector<float> finish(std::span<const float> rows, const Text& text) const;

  std::shared_ptr<const Model> model_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  EmbeddingSpec spec_;
  int width_ = 0;
};

/// How alike each pair of vectors [n, width] is, [n, n]: "cosine", "dot", or the negative distance "euclidean" or "manhattan".
VT_API std::vector<float> similarity_matrix(std::span<const float> vectors, int width, std::string_view measure);

}  // namespace vitrine
