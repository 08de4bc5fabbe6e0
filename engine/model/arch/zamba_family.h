// SPDX-License-Identifier: Apache-2.0
// What Zamba and Zamba2 share: a transformer block of which several layers make use.
#pragma once

#include <string>
#include <vector>

#include "engine/model/architecture.h"

namespace vitrine {

/// dim, heads over [x, embedding], hidden, no feed-forward of a layer's own. Each layer is still to be given its mixer.
ModelSpec read_zamba(const ConfigView& config);
/// Gives the layers whose type is "hybrid" one of `blocks` shared blocks in turn, stored in the first layers that use them.
void share_blocks(ModelSpec& spec, const std::vector<std::string>& types, int blocks);

}  // namespace vitrine
