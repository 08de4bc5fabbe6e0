// SPDX-License-Identifier: Apache-2.0
// Log-probabilities of a row of logits.
#include "engine/decode/logprobs.h"

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/decode/logit_row.h"
#include "engine/decode/row_passes.h"

namespace vitrine {

RowScores score_row(std::span<const float> logits, int top_n) {
  const LogitRow row(logits);
  const SoftmaxSums sums = softmax_sums(logits, row.largest());
  const double log_sum = std::log(sums.sum);
  RowScores scores{.log_sum_exp = double(row.largest()) + log_sum,
                   .entropy = std::max(0.0, log_sum - sums.weighted / sums.sum)};
  double mass = 0;
  for (const int32_t id : largest_indices(logits, row.block_max(), top_n)) {
    const double logprob = double(logits[size_t(id)]) - scores.log_sum_exp;
    mass += std::exp(logprob);
    scores.top.push_back({id, float(logprob)});
  }
  const bool complete = int64_t(scores.top.size()) == row.finite();
  scores.rest_mass = complete ? 0 : std::clamp(1 - mass, 0.0, 1.0);
  return scores;
}

TokenPlace place_in_row(std::span<const float> logits, const RowScores& scores, int32_t id) {
  if (id < 0 || size_t(id) >= logits.size())
    throw Error(ErrorKind::input, cat("token ", id, " is not in a vocabulary of ", logits.size()), "",
                "log-probabilities");
  const float logit = logits[size_t(id)];
  TokenPlace place{.logprob = double(logit) - scores.log_sum_exp};
  for (size_t i = 0; i < scores.top.size(); ++i)
    if (scores.top[i].id == id) {
      place.rank = int32_t(i);
      return place;
    }
  const auto equal_before = std::count(logits.begin(), logits.begin() + id, logit);
  place.rank = int32_t(count_above(logits, logit) + equal_before);
  return place;
}

}  // namespace vitrine
