// SPDX-License-Identifier: Apache-2.0
// From a tapped tensor to what a watch asked for: chosen rows, heads and channels, then the reduction, all on the device.
#pragma once

#include "engine/exec/exec.h"

namespace vitrine {

/// A copy of the chosen entries along one axis.
Tensor take(Exec& ex, const Tensor& t, int axis, const std::vector<int64_t>& indices);

/// A copy of what the watch selects, undefined when that is no row of this step; captured.positions keeps the rows that are left.
Tensor selected(Exec& ex, Tensor t, bool heads_first, const Watch& watch, Captured& captured);

/// Fills captured.values/ids/positions. `heads_first`: t is [heads, rows, keys], else [rows, ...]. False: no row of this step was asked for.
bool select_and_reduce(Exec& ex, Tensor t, bool heads_first, const Watch& watch, Captured& captured);

/// For each position of this step that `select` asks for: its row here and its place in Select::positions.
struct ChosenRow {
  int64_t row = 0;
  int64_t order = 0;
};
std::vector<ChosenRow> chosen_rows(const std::vector<int64_t>& positions, const Select& select);

}  // namespace vitrine
