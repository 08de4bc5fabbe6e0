// SPDX-License-Identifier: Apache-2.0
// The weights of multi-head latent attention, in the form LatentSpec asks for: absorbed or expanded.
#pragma once

#include <string>

#include "engine/model/weight_loader.h"

namespace vitrine {

/// `prefix` "layers.3."; dim: width of the model.
LatentWeights load_latent(WeightLoader& weights, const LayerSpec& layer, const std::string& prefix, int64_t dim);

}  // namespace vitrine
