// SPDX-License-Identifier: Apache-2.0
// Applying one Edit to a tapped tensor that the caller owns alone.
#pragma once

#include "engine/exec/exec.h"

namespace vitrine {

/// t [step rows, channels] or [step rows, heads, head_dim]; the segment's rows start at first_row and have these positions.
void edit_rows_first(Exec& ex, Tensor& t, int64_t first_row, const std::vector<int64_t>& positions, const Select& select, const Edit& edit);
/// t [heads, rows, keys] of one segment.
void edit_heads_first(Exec& ex, Tensor& t, const std::vector<int64_t>& positions, const Select& select, const Edit& edit);

}  // namespace vitrine
