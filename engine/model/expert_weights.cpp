// SPDX-License-Identifier: Apache-2.0
#include "engine/model/expert_weights.h"

#include "engine/core/text.h"

namespace vitrine {

MoeWeights load_experts(WeightLoader& weights, const MoeSpec& moe, const std::string& prefix, int64_t dim) {
  MoeWeights loaded;
  loaded.router = weights.linear(prefix + "router", moe.experts, dim, moe.router_bias);
  if (moe.correction) loaded.correction = weights.vector(prefix + "router.correction", moe.experts);
  for (int e = 0; e < moe.experts; ++e) {
    const std::string expert = cat(prefix, "experts.", e, ".");
    loaded.experts.push_back({weights.linear(expert + "gate", moe.hidden, dim, moe.expert_bias), weights.linear(expert + "up", moe.hidden, dim, moe.expert_bias),
                              weights.linear(expert + "down", dim, moe.hidden, moe.expert_bias)});
  }
  if (moe.shared_hidden == 0) return loaded;
  loaded.shared = {weights.linear(prefix + "shared.gate", moe.shared_hidden, dim, false), weights.linear(prefix + "shared.up", moe.shared_hidden, dim, false),
                   weights.linear(prefix + "shared.down", dim, moe.shared_hidden, false)};
  if (moe.shared_gate) loaded.shared_gate.w = weights.matrix(prefix + "shared_gate.w", {1, dim});
  return loaded;
}

}  // namespace vitrine
