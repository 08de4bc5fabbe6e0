// SPDX-License-Identifier: Apache-2.0
// What Zamba and Zamba2 share: a transformer block of which several layers make use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/architecture.h"

namespace vitrine {

/// dim, heads over [x, embedding], hidden, no feed-forward of a layer's own. Each layer is still to be given its mixer.
ModelSpec read_zamba(const ConfigView& config);
/// Gives the layers whose type is "hybrid" one of `blocks` shared blocks in turn, stored in the first layers that use them. The library
/// ties blocks only together with the head: untied, a layer whose own block is stored ("model.layers.N.`name`.input_layernorm.weight") has it.
void share_blocks(ModelSpec& spec, const ConfigView& config, const std::vector<std::string>& types, int blocks, std::string_view name);

}  // namespace vitrine
