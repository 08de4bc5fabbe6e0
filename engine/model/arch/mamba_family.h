// SPDX-License-Identifier: Apache-2.0
// What Mamba, FalconMamba and Mamba-2 share.
#pragma once

#include "engine/model/architecture.h"

namespace vitrine {

std::span<const NameRule> hf_mamba_names();
ModelSpec mamba_spec(const ConfigView& config);

}  // namespace vitrine
