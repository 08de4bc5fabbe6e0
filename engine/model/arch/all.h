// SPDX-License-Identifier: Apache-2.0
// One function per architecture file.
#pragma once

#include "engine/model/architecture.h"

namespace vitrine {

#define VT_ARCHITECTURE(name) Architecture name();
#include "engine/model/architectures.def"
#undef VT_ARCHITECTURE

}  // namespace vitrine
