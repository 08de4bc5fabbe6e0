// SPDX-License-Identifier: Apache-2.0
// Python's textwrap.wrap() with tabs and white space left as they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vitrine::jinja {

std::vector<std::string> wrap_text(std::string_view text, int64_t width, bool break_long_words, bool break_on_hyphens);

}  // namespace vitrine::jinja
