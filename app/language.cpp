// SPDX-License-Identifier: Apache-2.0
// Translations are embedded (assets/translations); English has one too, for its plural forms.
#include "app/language.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTranslator>

namespace vitrine {
namespace {

QTranslator& translator() {
  static QTranslator instance;
  return instance;
}
QString& code_in_use() {
  static QString code = "en";
  return code;
}

}  // namespace

QStringList languages() { return {"en", "ko"}; }

QString language_title(const QString& code) {
  return code == "ko" ? QStringLiteral("한국어") : QStringLiteral("English");
}

void set_language(const QString& wanted) {
  const QString code = languages().contains(wanted) ? wanted : system_language();
  code_in_use() = code;
  QLocale::setDefault(code == "ko" ? QLocale(QLocale::Korean, QLocale::SouthKorea)
                                   : QLocale(QLocale::English, QLocale::UnitedStates));
  QCoreApplication::removeTranslator(&translator());
  if (translator().load(":/i18n/vitrine_" + code + ".qm")) QCoreApplication::installTranslator(&translator());
}

QString current_language() { return code_in_use(); }
QString system_language() { return QLocale::system().language() == QLocale::Korean ? "ko" : "en"; }

}  // namespace vitrine
