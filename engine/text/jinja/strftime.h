// SPDX-License-Identifier: Apache-2.0
// Dates as Python's datetime.strftime() writes them, in the C locale.
#pragma once

#include <string>

namespace vitrine::jinja {

/// A local date and time without time zone.
struct CivilTime {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, microsecond = 0;
};
CivilTime local_time_now();
/// ValueError for a format that the platform cannot write.
std::string format_time(const CivilTime& time, const std::string& format);

}  // namespace vitrine::jinja
