// SPDX-License-Identifier: Apache-2.0
// A lane: one token sequence with its cache, what was kept for looking back, and how its answer was sampled.
#pragma once

#include <memory>
#include <vector>

#include "engine/run/loaded_model.h"

namespace vitrine {

struct Lane {
  std::vector<int32_t> tokens;               // everything asked for and answered; the cache may hold fewer
  std::vector<int32_t> source;               // encoder-decoders: the text that is answered to; encoders: the text that was read
  std::vector<int32_t> source_types;         // token types of a text that was read; empty: all of the first
  int64_t prompt_tokens = 0;
  uint64_t first_step = 0;                   // sampler step of tokens[prompt_tokens] is counted from the answer's begin
  std::shared_ptr<const Model> model;        // what the state was computed with: the open model or a variant of it; null before tokens
  std::unique_ptr<SeqState> state;
  std::unique_ptr<SeqState> source_state;    // the encoder's keys and queries, made when somebody looks at its attention
  Precision precision = Precision::fast;
  SamplerSpec sampler;
  std::vector<Tensor> normed;                // final-norm vector [1, dim] at each position, undefined where it was not kept
  bool recomputed = false;                   // the layers were run again after the answer
  std::vector<Watch> watches;                // edits that were active: a recomputation applies them again

  int64_t cached() const noexcept { return state ? state->length() : 0; }
  /// Forgets cache and kept vectors from `length` on.
  void truncate(int64_t length);
};

/// Encoder-decoders: the encoder reads the lane's source; the state then has what cross-attention reads. `plan` may be null.
void encode_source(LoadedModel& loaded, Lane& lane, const TapPlan* plan, std::stop_token stop, Exec::Sink sink = {});
/// The encoder beside the decoder, or the model itself where it reads both ways; null: there is none.
const Model* encoder_of(const Model& model) noexcept;
/// Makes the encoder's keys and queries of the lane's source available; the model has an encoder or is one.
void ensure_source_kept(LoadedModel& loaded, Lane& lane, std::stop_token stop);

/// Runs tokens [cached, to) through the layers in chunks, keeping queries (and final-norm vectors when asked), without the LM head.
/// Throws Error cancelled when stopped; what was committed stays.
void fill_cache(LoadedModel& loaded, Lane& lane, int64_t to, bool keep_normed, std::stop_token stop, const ProgressFn& progress);

/// Makes queries of every layer and final-norm vectors available for all tokens of the lane; re-runs it teacher-forced when they were
/// not kept, or when keys that are needed were given back (`keys_there` false). True: it was re-run now or before.
bool ensure_kept(LoadedModel& loaded, Lane& lane, bool need_normed, bool keys_there, std::stop_token stop, const ProgressFn& progress);

}  // namespace vitrine
