// SPDX-License-Identifier: Apache-2.0
// How a checkpoint makes one vector of a text: the modules that sentence-transformers saves beside a model (modules.json, 1_Pooling,
// 2_Dense, ...), or a GGUF file's pooling type. Reimers & Gurevych 2019, arXiv:1908.10084.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/backend/args.h"
#include "engine/io/weight_source.h"
#include "engine/model/spec.h"

namespace vitrine {

/// Over the tokens of a text, h_i the vector behind the last norm of token i of n:
/// cls: h_1. max: by channel. mean: sum h_i / n. mean_sqrt_len: sum h_i / sqrt(n). weighted_mean: sum i h_i / sum i. last: h_n.
enum class Pooling : uint8_t { cls, max, mean, mean_sqrt_len, weighted_mean, last };
std::string_view pooling_name(Pooling pooling) noexcept;

/// What happens to the pooled vector, in order. dense: act(W x + b) (+ x, or R x, where residual). normalize: x / max(|x|, 1e-12).
/// layer_norm: over the whole vector, epsilon 1e-5.
struct EmbeddingStep {
  enum class Kind : uint8_t { dense, normalize, layer_norm } kind = Kind::normalize;
  int in = 0, out = 0;                       // dense
  std::vector<float> weight = {}, bias = {};  // dense: [out, in], [out] or empty; layer_norm: [dim] each
  Activation activation = Activation::identity;
  bool residual = false;
  std::vector<float> residual_weight = {};   // [out, in]; empty: x itself
};

struct EmbeddingSpec {
  std::vector<Pooling> pooling = {Pooling::mean};  // side by side
  bool include_prompt = true;                // false: tokens of the prompt are not pooled
  std::vector<EmbeddingStep> steps = {};
  int max_tokens = 0;                        // longer texts are cut, special tokens stay
  bool lower_case = false;
  std::vector<std::pair<std::string, std::string>> prompts = {};  // name, text put before
  std::string default_prompt = {};           // name; empty: none
  std::string similarity = "cosine";         // or "dot", "euclidean", "manhattan"
  std::string origin = {};                   // for people: where this stands

  bool normalized() const;
  std::string pooling_text() const;          // "max + mean"
};

/// Throws Error format or unsupported naming file and field. A checkpoint that says nothing gets the mean of its tokens, as
/// sentence-transformers does; a GGUF's vectors are normalized, as llama.cpp does.
VT_API EmbeddingSpec read_embedding_spec(const WeightSource& source, const ModelSpec& model);

}  // namespace vitrine
