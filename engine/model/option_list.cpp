// SPDX-License-Identifier: Apache-2.0
#include "engine/model/option_list.h"

#include <charconv>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {

OptionList::OptionList(std::string_view text, std::string_view what) : what_(what) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) throw Error(ErrorKind::input, cat(what_, ": \"", part, "\" is no key=value"), "write for example factor=4");
    if (!entries_.emplace(part.substr(0, equals), part.substr(equals + 1)).second)
      throw Error(ErrorKind::input, cat(what_, ": ", part.substr(0, equals), " is there twice"), "say it once");
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
}

void OptionList::refuse(const std::string& key, const std::string& value, std::string_view wanted) const {
  throw Error(ErrorKind::input, cat(what_, ": ", key, " is \"", value, "\""), cat("give ", wanted));
}

std::optional<std::string> OptionList::text(const std::string& key) {
  const auto found = entries_.extract(key);
  return found.empty() ? std::nullopt : std::optional(found.mapped());
}

static bool read(std::string_view text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

std::optional<double> OptionList::number(const std::string& key, double least, double most) {
  const auto given = text(key);
  if (!given) return std::nullopt;
  double value = 0;
  if (!read(*given, value) || value < least || value > most) refuse(key, *given, cat("a number from ", least, " to ", most));
  return value;
}

std::optional<int> OptionList::count(const std::string& key, int least, int most) {
  const auto given = text(key);
  if (!given) return std::nullopt;
  double value = 0;
  if (!read(*given, value) || value < least || value > most || value != std::floor(value)) refuse(key, *given, cat("a whole number from ", least, " to ", most));
  return int(value);
}

std::optional<bool> OptionList::flag(const std::string& key) {
  const auto given = text(key);
  if (!given) return std::nullopt;
  if (*given == "1" || *given == "on" || *given == "true") return true;
  if (*given == "0" || *given == "off" || *given == "false") return false;
  refuse(key, *given, "on or off");
}

std::vector<float> OptionList::numbers(const std::string& key, double least, double most) {
  std::vector<float> values;
  const auto given = text(key);
  for (std::string_view rest = given ? std::string_view(*given) : std::string_view(); !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    double value = 0;
    if (!read(part, value) || value < least || value > most) refuse(key, *given, cat("numbers from ", least, " to ", most, " with / between them"));
    values.push_back(float(value));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  }
  return values;
}

void OptionList::finish(std::string_view known) const {
  if (entries_.empty()) return;
  throw Error(ErrorKind::input, cat(what_, ": \"", entries_.begin()->first, "\" is not known here"), cat("known: ", known));
}

}  // namespace vitrine
