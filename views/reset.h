// SPDX-License-Identifier: Apache-2.0
// Double click on a slider, a number field, a check box or a list brings its default back, in every panel alike.
#pragma once

#include <functional>

#include "views/api.h"

class QWidget;

namespace vitrine::views {

/// `reset` is called for a double click on `control` (for a number field also on its text, for a list also when its popup has opened
/// under the hand) instead of what Qt does. What the first click changed is `reset`'s to undo.
VT_UI void reset_on_double_click(QWidget* control, std::function<void()> reset);

}  // namespace vitrine::views
