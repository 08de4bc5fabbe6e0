// SPDX-License-Identifier: Apache-2.0
// Names that Jamba, Bamba and Falcon-H1 share.
#pragma once

#include "engine/model/architecture.h"

namespace vitrine {

std::span<const NameRule> hf_jamba_names();

}  // namespace vitrine
