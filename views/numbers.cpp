// SPDX-License-Identifier: Apache-2.0
// Formatting by the C locale, so that exported text and screen agree in every language.
#include "views/numbers.h"

#include <QLocale>
#include <cmath>

namespace vitrine::views {
namespace {

QString separated(QString digits) {
  const qsizetype point = digits.indexOf('.');
  const qsizetype first = digits.startsWith('-') ? 1 : 0;
  for (qsizetype i = (point < 0 ? digits.size() : point) - 3; i > first; i -= 3) digits.insert(i, ',');
  return digits;
}

}  // namespace

QString significant(double value, int digits) {
  if (!std::isfinite(value)) return QStringLiteral("–");
  if (value == 0) return QStringLiteral("0");
  const double magnitude = std::abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e9) {
    QString text = QString::number(value, 'e', std::max(0, digits - 2));
    text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e");
    return text;
  }
  const int before = int(std::floor(std::log10(magnitude))) + 1;
  return separated(QString::number(value, 'f', std::max(0, digits - std::max(before, magnitude < 1 ? before : 1))));
}

QString percent(double p) {
  if (!std::isfinite(p)) return QStringLiteral("–");
  if (p == 0) return QStringLiteral("0 %");
  if (std::abs(p) < 1e-3) {
    QString text = QString::number(p, 'e', 0);
    return text.replace("e-0", "e-");
  }
  const double hundred = p * 100;
  return QString::number(hundred, 'f', hundred >= 99.95 ? 0 : hundred >= 9.995 ? 1 : 2) + QStringLiteral(" %");
}

QString memory(qint64 bytes) {
  static const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = double(bytes);
  int unit = 0;
  while (value >= 999.5 && unit < 4) value /= 1024, ++unit;
  return (unit == 0 ? QString::number(bytes) : significant(value)) + ' ' + units[unit];
}

QString count(qint64 value) { return separated(QString::number(value)); }

QString si(qint64 value) {
  if (std::abs(value) < 10000) return count(value);
  static const char* const kPrefixes[] = {"k", "M", "G", "T", "P", "E"};
  double scaled = double(value) / 1000;
  int at = 0;
  for (; std::abs(scaled) >= 999.5 && at < 5; ++at) scaled /= 1000;
  return significant(scaled) + QChar(0xA0) + QLatin1String(kPrefixes[at]);
}

QString duration(double ms) {
  if (!std::isfinite(ms)) return QStringLiteral("–");
  return ms < 999.5 ? significant(ms, ms < 10 ? 2 : 3) + QStringLiteral(" ms")
                    : significant(ms / 1000) + QStringLiteral(" s");
}

QString rate(double per_second, const QString& unit) { return significant(per_second) + ' ' + unit; }

}  // namespace vitrine::views
