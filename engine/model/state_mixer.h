// SPDX-License-Identifier: Apache-2.0
// A layer's mixer that carries a state: its weights with the op that uses them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/model/spec.h"
#include "engine/model/weight_loader.h"
#include "engine/nn/state_ops.h"

namespace vitrine {

class StateMixer {
 public:
  virtual ~StateMixer() = default;
  /// x [rows, dim] -> [rows, dim].
  virtual Tensor run(Exec& ex, const Tensor& x, const Batch& batch, nn::StatePlace& place) const = 0;
};

/// The mixer of `layer`, its weights named `prefix` ("layers.3.") + ...; null: the layer carries no state.
std::shared_ptr<const StateMixer> load_state_mixer(WeightLoader& weights, Backend& backend, const LayerSpec& layer, float norm_eps,
                                                   const std::string& prefix, int64_t dim);
ChannelMixWeights load_channel_mix(WeightLoader& weights, Backend& backend, const LayerSpec& layer, const std::string& prefix, int64_t dim);

/// The sites that the layer's state mixer taps.
std::vector<Site> state_sites(const LayerSpec& layer);

}  // namespace vitrine
