// SPDX-License-Identifier: Apache-2.0
// How much memory a model takes at a chosen context length, part by part, without widgets.
#pragma once

#include "engine/run/event.h"

namespace vitrine {

/// All in bytes. Sums to total().
struct MemoryPlan {
  int64_t weights = 0;  // the tensors as they are stored
  /// Keys and values of `context` tokens, in pages of 64 tokens; of layers with a sliding window what it sees (kv_bytes()).
  int64_t kv = 0;
  /// What one sequence carries in mixers with a state, whatever its length; each point kept to come back to takes it once more.
  int64_t state = 0;
  /// What attention pictures are made of: per token and layer, heads * head_dim queries (f16) and heads log-sum-exp
  /// values (f32). Kept while an answer is captured, within the capture budget.
  int64_t kept = 0;
  /// Estimate of the largest step, a piece of 512 prompt tokens in f32: the residual stream and its norm, with either
  /// q, k, v and the head outputs or the two sides of the feed-forward layer; and one row of logits.
  int64_t working = 0;
  int64_t kv_per_token = 0;

  int64_t total() const noexcept { return weights + kv + state + kept + working; }
};

inline constexpr int64_t kPromptPieceTokens = 512;

/// `context` below 0 counts as 0. kv_format: f16 or f32.
MemoryPlan plan_memory(const ModelFacts& facts, int64_t context, DType kv_format);

}  // namespace vitrine
