// SPDX-License-Identifier: Apache-2.0
// HTML escaping as the markupsafe package does it.
#pragma once

#include <string>
#include <string_view>

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

std::string escape_html(std::string_view text);
/// markupsafe.escape(): what is already markup stays as it is.
std::string escaped(const Value& value);
/// Markup(text).striptags().
std::string strip_tags(std::string_view text);
/// Markup(text).unescape().
std::string unescape_html(std::string_view text);

}  // namespace vitrine::jinja
