// SPDX-License-Identifier: Apache-2.0
// Character classes of Oniguruma in PCRE2's words. Used by regex_syntax.cpp only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vitrine::text {

/// Items of a PCRE2 character class; `complement`: they are what the class leaves out.
struct ClassItems {
  std::string items;
  bool complement = false;
};

ClassItems space_class();    // \s
ClassItems word_class();     // \w
ClassItems decimal_class();  // \d
/// [:name:]; nothing for an unknown name.
std::optional<ClassItems> posix_class(std::string_view name);
/// \p{name}: general categories by their short or long names, POSIX names, binary properties, scripts.
ClassItems property_class(std::string_view name);

}  // namespace vitrine::text
