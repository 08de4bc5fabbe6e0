// SPDX-License-Identifier: Apache-2.0
// The weights of a mixture of experts: each expert's matrices are loaded, and prepared, as tensors of their own, whether a checkpoint
// stores them one by one or as stacks.
#pragma once

#include <string>

#include "engine/model/weight_loader.h"

namespace vitrine {

/// `prefix` "layers.3."; dim: width of the model.
MoeWeights load_experts(WeightLoader& weights, const MoeSpec& moe, const std::string& prefix, int64_t dim);

}  // namespace vitrine
