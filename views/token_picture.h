// SPDX-License-Identifier: Apache-2.0
// Tokens as a picture to export: the chips of the strip in lines, with what their colours mean.
#pragma once

#include <QStringList>

#include "views/plot_export.h"
#include "views/token_strip.h"

namespace vitrine::views {

/// Tokens [first, last) of the source as they look now, the caption and the legend of the five `levels` above. Title and numbers are
/// left to the caller.
VT_UI Exportable token_picture(const TokenStripSource& source, qint64 first, qint64 last, const QString& caption,
                               const QStringList& levels);

}  // namespace vitrine::views
