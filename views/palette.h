// SPDX-License-Identifier: Apache-2.0
// The colour tables behind the theme.
#pragma once

#include "views/theme.h"

namespace vitrine::views {

const Colors& palette_of(Scheme scheme);
/// Eight even stops from the background to the strongest value.
std::array<QColor, 8> cividis_stops(Scheme scheme);
/// -1, 0, +1.
std::array<QColor, 3> signed_ends(Scheme scheme);

}  // namespace vitrine::views
