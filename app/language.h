// SPDX-License-Identifier: Apache-2.0
// The language of the window, changed while it runs: every widget gets LanguageChange and says its words anew.
#pragma once

#include <QString>
#include <QStringList>

namespace vitrine {

/// "en", "ko".
QStringList languages();
QString language_title(const QString& code);
/// Installs the translation and the locale. Unknown or empty: the system's language if there is a translation, else
/// English.
void set_language(const QString& code);
QString current_language();
/// What an unknown or empty code stands for.
QString system_language();

}  // namespace vitrine
