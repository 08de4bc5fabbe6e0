// SPDX-License-Identifier: Apache-2.0
// What the model itself thought, before any sampler: log-softmax of a row of logits, its best tokens, its entropy.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/api.h"

namespace vitrine {

struct TokenAlternative {
  int32_t id = 0;
  float logprob = 0;  // under the model: log-softmax of the raw logits, nats
};

struct RowScores {
  double log_sum_exp = 0;                  // logprob of token i = logits[i] - log_sum_exp
  double entropy = 0;                      // nats
  std::vector<TokenAlternative> top = {};  // most probable first, the lower id first among equals; -inf is left out
  double rest_mass = 0;                    // probability of everything not in `top`
};

/// logits [vocab]; two passes over the row and a look at the blocks that hold the best. Throws Error input as LogitRow
/// does.
VT_API RowScores score_row(std::span<const float> logits, int top_n);

struct TokenPlace {
  double logprob = 0;  // -inf possible
  int32_t rank = 0;    // 0: the model's first choice; among equals the lower id comes first
};

/// Where one token stands in the row that `scores` was made from. Throws Error input if it is no token of the row.
VT_API TokenPlace place_in_row(std::span<const float> logits, const RowScores& scores, int32_t id);

}  // namespace vitrine
