// SPDX-License-Identifier: Apache-2.0
// Beam search: several continuations kept side by side, the best by total log-probability over length^penalty returned.
// Rules and stopping are those of transformers 5 (generation/utils.py, _beam_search), so its results are reproduced.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/api.h"
#include "engine/decode/sampler_spec.h"

namespace vitrine {

class SamplerChain;

/// One continuation that is still running.
struct Hypothesis {
  std::vector<int32_t> tokens;  // prompt and answer
  int parent = 0;              // index in the previous step of the hypothesis that this one lengthens by its last token
  double log_probability = 0;  // of the answer
};

/// What beam search needs of a model. A cached implementation forks the cache of `parent` and appends the last token.
class StepModel {
 public:
  virtual ~StepModel() = default;
  /// The logits [vocab] after each hypothesis. The first call has one: the prompt.
  virtual std::vector<std::vector<float>> step(std::span<const Hypothesis> hypotheses) = 0;
};

struct BeamOptions {
  int beams = 4;
  int return_sequences = 1;
  int max_new_tokens = 64;
  double length_penalty = 1;  // score = log-probability / length^penalty
  EarlyStopping early_stopping = EarlyStopping::no;
  std::vector<int32_t> end_ids = {};
  SamplerSpec processors = {};  // applied to the log-probabilities of each step; no drawing
};

struct BeamResult {
  std::vector<int32_t> tokens;  // prompt and answer, the end token included
  double score = 0;
};

/// A search in progress: one call of step() lengthens every hypothesis by a token, so that others can have a turn between.
class VT_API BeamSearch {
 public:
  /// Throws Error input on options that make no sense. Borrows `model`.
  BeamSearch(StepModel& model, std::span<const int32_t> prompt, const BeamOptions& options);
  ~BeamSearch();

  /// False: the search is over. Throws what the model throws.
  bool step();
  int generated() const noexcept { return generated_; }
  /// Best first; at most options.return_sequences. Complete only when the search is over.
  std::vector<BeamResult> results() const;

 private:
  bool can_improve() const;

  StepModel& model_;
  BeamOptions options_;
  size_t prompt_;
  std::unique_ptr<const SamplerChain> chain_;
  std::vector<Hypothesis> running_;
  std::vector<BeamResult> complete_;  // best first
  int generated_ = 0;
};

/// Best first; at most options.return_sequences. Throws Error input on options that make no sense, and what the model
/// throws.
VT_API std::vector<BeamResult> beam_search(StepModel& model, std::span<const int32_t> prompt,
                                           const BeamOptions& options);

}  // namespace vitrine
