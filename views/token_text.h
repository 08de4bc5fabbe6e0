// SPDX-License-Identifier: Apache-2.0
// Tokens as text on chips: space is a raised dot, newline an arrow, bytes that are no character "<0xE2>".
#pragma once

#include <QString>
#include <string_view>
#include <vector>

#include "views/api.h"

namespace vitrine::views {

/// Visible form of a token's raw bytes.
VT_UI QString token_text(std::string_view bytes);
/// The same for speech and tool tips: "space cache".
VT_UI QString token_spoken(std::string_view bytes);

/// A character spread over several tokens.
struct SplitCharacter {
  qint64 first = 0, last = 0;  // tokens, inclusive
  QString character;
};
/// Finds characters that begin in one token and end in a later one; `first` is added to the positions found.
VT_UI std::vector<SplitCharacter> split_characters(const std::vector<std::string_view>& tokens, qint64 first = 0);

}  // namespace vitrine::views
