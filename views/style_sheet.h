// SPDX-License-Identifier: Apache-2.0
// The style sheet of the whole application, made from the theme's names and measures.
#pragma once

#include <QString>

namespace vitrine::views {

class Theme;

/// Written with {names}: colours are replaced by the scheme's, {px:N} by scaled pixels.
QString make_style_sheet(const Theme& theme);

}  // namespace vitrine::views
