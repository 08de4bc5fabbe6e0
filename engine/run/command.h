// SPDX-License-Identifier: Apache-2.0
// What can be asked of the engine: plain data, so that it can be saved and replayed. One JobId per submitted command.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "engine/backend/args.h"
#include "engine/decode/sampler_spec.h"
#include "engine/exec/taps.h"
#include "engine/model/variant_text.h"

namespace vitrine {

using JobId = uint64_t;
using LaneId = uint32_t;   // chosen by the client; a lane holds one token sequence, its cache and its kept activations

/// Replaces the model that is loaded. Lanes of the old one are dropped.
struct LoadModel {
  std::filesystem::path path = {};
  int threads = 0;
  std::string isa = {};                       // "" = the best that works here
  DType kv_dtype = DType::f16;
  int64_t capture_budget_bytes = int64_t(2) << 30;
};
struct UnloadModel {};

/// Makes the lane hold `tokens`, re-using the longest common prefix of what the lane (or `fork_of`) already holds, then generates.
struct Generate {
  LaneId lane = 0;
  std::vector<int32_t> tokens = {};           // the whole input: rendered prompt, or prompt + kept part of an answer
  std::vector<int32_t> source = {};           // encoder-decoders: the text that is answered to; `tokens` is then the answer's begin,
                                              // the start token at least (empty: the checkpoint's)
  LaneId fork_of = 0;                         // 0: none; else shares that lane's cache up to the common prefix
  SamplerSpec sampler = {};
  BeamSpec beam = {};                         // beams > 1: the answer is searched for, then its tokens are told; the sampler's stages that
                                              // are about drawing do not take part
  uint64_t first_step = 0;                    // sampler step of the first new token: > 0 when an answer is continued
  int prompt_tokens = -1;                     // where the answer begins in `tokens`; -1: all of them are prompt
  int max_tokens = 512;
  std::vector<std::string> stop_strings = {};
  std::vector<int32_t> stop_ids = {};         // besides the model's own end-of-generation tokens
  bool ignore_eos = false;
  Precision precision = Precision::fast;
  bool capture = true;                        // keep queries and log-sum-exp for looking at attention, final-norm vectors for logits
  bool score_prompt = false;                  // TokenOut for prompt tokens too (probability of each given its prefix)
  int top_n = 50;                             // alternatives delivered live with each token
  std::vector<Watch> watches = {};
  VariantText variant = {};                   // other positions or another attention for this lane
};

/// Frees a lane.
struct DropLane {
  LaneId lane = 0;
};

/// Questions about what a lane holds; no layer is re-run unless the answer was given without capture or came from a session.
struct Inspect {
  enum class What : uint8_t {
    attention_tile,     // one head, rows x keys as pixels -> f32 [pixel_rows, pixel_cols]
    attention_heads,    // every head of `layer_from..layer_to` as a thumbnail -> [layers, heads, pixel_rows, pixel_cols]
    attention_row,      // one position's probabilities over all keys: head -1 = every head -> [heads or 1, keys]
    attention_mean,     // mean over the heads of a layer, as a tile
    logits,             // the full row of one position -> [vocab], bit-identical to what was sampled from
  } what = What::attention_tile;
  /// Whose attention. cross: rows are the answer's tokens, keys the source's. encoder: both are the source's, or of a text that was read.
  enum class Attention : uint8_t { self, cross, encoder } attention = Attention::self;
  LaneId lane = 0;
  int layer = 0, layer_to = 0, head = 0;      // attention_heads: layers [layer, layer_to)
  int64_t row_from = 0, row_to = 0, key_from = 0, key_to = 0;
  int pixel_rows = 0, pixel_cols = 0;
  bool mean = false;                          // a pixel over many cells: mean instead of maximum
};

/// Judges every answer token of the lane again under another sampler, each on the text as it was; only the LM head runs.
struct Resample {
  LaneId lane = 0;
  SamplerSpec sampler = {};
  int trace_step = -1;                        // full before/after distribution and stage traces of this step
  int64_t answer_from = 0, answer_to = -1;    // answer tokens that are judged, counted from 0; -1: to the last
};

/// Histogram and statistics of one stored tensor.
struct TensorStatistics {
  std::string tensor = {};
  int bins = 128;
};

/// SHA-256 of the model's files.
struct HashModel {};

/// Negative log-likelihood of each token given its prefix.
struct Score {
  LaneId lane = 0;
  std::vector<int32_t> tokens = {};
  Precision precision = Precision::fast;
  VariantText variant = {};
};

/// Makes the lane hold a text that an encoder reads, so that its attention can be looked at (Inspect::Attention::encoder). Told by PromptDone.
struct Read {
  LaneId lane = 0;
  std::vector<int32_t> tokens = {};
  std::vector<int32_t> token_types = {};      // of each token, where the model has such embeddings; empty: all of the first
  Precision precision = Precision::fast;
  VariantText variant = {};
};

/// One vector a text, as the checkpoint's sentence-transformers modules (or its GGUF pooling type) say, and how alike the texts are.
struct Embed {
  std::vector<std::string> texts = {};
  std::string prompt = {};                    // name of one of the checkpoint's prompts, put before each text; "": its default
  Precision precision = Precision::fast;
  VariantText variant = {};
  bool similarity = true;                     // false: EmbedOut has none
};

/// What a masked-language model would put at each mask token.
struct FillMask {
  std::vector<int32_t> tokens = {};
  int top_n = 10;
  Precision precision = Precision::fast;
  VariantText variant = {};
};

/// ELECTRA's discriminator: was each token put there by a generator?
struct FindReplaced {
  std::vector<int32_t> tokens = {};
  Precision precision = Precision::fast;
  VariantText variant = {};
};

using Command = std::variant<LoadModel, UnloadModel, Generate, DropLane, Inspect, Resample, TensorStatistics, HashModel, Score, Read, Embed, FillMask,
                             FindReplaced>;

}  // namespace vitrine
