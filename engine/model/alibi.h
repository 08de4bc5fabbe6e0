// SPDX-License-Identifier: Apache-2.0
// Slopes of ALiBi (Press, Smith & Lewis 2022, arXiv:2108.12409).
#pragma once

#include <vector>

#include "engine/model/spec.h"

namespace vitrine {

/// 2^(-max_bias (h + 1) / n) for n heads, n the largest power of two <= heads; the heads beyond take every second slope of 2n heads,
/// as BLOOM and MPT do. Times `scale`, or rounded to bfloat16 where the spec says so (the kernel scales then).
VT_API std::vector<float> alibi_slopes(const AlibiSpec& spec, int heads);

}  // namespace vitrine
