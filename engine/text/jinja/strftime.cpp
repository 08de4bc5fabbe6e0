// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/strftime.h"

#include <locale.h>
#include <sys/time.h>
#include <time.h>

#include <cstdio>

#include "engine/text/jinja/limits.h"

namespace vitrine::jinja {

CivilTime local_time_now() {
  timeval tv{};
  gettimeofday(&tv, nullptr);
  struct tm parts {};
  localtime_r(&tv.tv_sec, &parts);
  return {parts.tm_year + 1900,        parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
          static_cast<int>(tv.tv_usec)};
}

/// Python fills in %f, %z and %Z itself before the C library sees the format.
static std::string prepared(const CivilTime& time, const std::string& format) {
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 >= format.size()) {
      out += format[i];
      continue;
    }
    const char c = format[++i];
    if (c == 'f') {
      char buffer[16];
      std::snprintf(buffer, sizeof buffer, "%06d", time.microsecond);
      out += buffer;
    } else if (c != 'z' && c != 'Z') {
      out += '%';
      out += c;
    }
  }
  return out;
}

std::string format_time(const CivilTime& time, const std::string& format) {
  struct tm parts {};
  parts.tm_year = time.year - 1900;
  parts.tm_mon = time.month - 1;
  parts.tm_mday = time.day;
  parts.tm_hour = time.hour;
  parts.tm_min = time.minute;
  parts.tm_sec = time.second;
  parts.tm_isdst = -1;
  struct tm normalized = parts;  // weekday and day of the year
  (void)timegm(&normalized);
  parts.tm_wday = normalized.tm_wday;
  parts.tm_yday = normalized.tm_yday;
  static const locale_t c_locale = newlocale(LC_ALL_MASK, "C", nullptr);
  const std::string wanted = prepared(time, format) + "\x01";  // never empty, so that 0 means "too small"
  if (wanted.find('\0') != std::string::npos) {
    std::string out;  // the C library stops at NUL: write the pieces
    for (size_t at = 0; at < format.size();) {
      const size_t end = format.find('\0', at);
      const std::string piece = format.substr(at, end - at);
      if (!piece.empty()) out += format_time(time, piece);
      if (end == std::string::npos) break;
      out += '\0';
      at = end + 1;
    }
    return out;
  }
  std::string out(256, '\0');
  for (;;) {
    const size_t size = strftime_l(out.data(), out.size(), wanted.c_str(), &parts, c_locale);
    if (size > 0) {
      out.resize(size - 1);
      return out;
    }
    if (static_cast<int64_t>(out.size()) > budget.output_limit || out.size() > (1u << 24)) out_of_memory();
    out.resize(out.size() * 4);
  }
}

}  // namespace vitrine::jinja
