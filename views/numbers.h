// SPDX-License-Identifier: Apache-2.0
// Numbers as the workbench shows them: three significant digits, units always, thousands separated.
#pragma once

#include <QString>

#include "views/api.h"

namespace vitrine::views {

/// 0.0618, 27.7, 1,234; "-3.1e-5" below 1e-3. NaN and infinity are "–".
VT_UI QString significant(double value, int digits = 3);
/// A probability: "95.3 %", "0.13 %"; below 0.1 % as a number: "4e-5". Exactly 0 is "0 %".
VT_UI QString percent(double probability);
/// Bytes of memory, binary: "92.1 MiB", "540 KiB", "0 B".
VT_UI QString memory(qint64 bytes);
/// 49152 -> "49,152".
VT_UI QString count(qint64 value);
/// With an SI prefix and three significant digits: 134,515,008 -> "135 M", 1,240,000,000 -> "1.24 G"; below ten thousand as it is.
VT_UI QString si(qint64 value);
/// Milliseconds below one second ("41 ms"), else seconds ("3.20 s").
VT_UI QString duration(double ms);
/// "86.1 tok/s".
VT_UI QString rate(double per_second, const QString& unit);

}  // namespace vitrine::views
