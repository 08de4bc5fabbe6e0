// SPDX-License-Identifier: Apache-2.0
// From tokens to the text a reader sees: where a token's text stands in the answer, and where the answer's characters stand in the
// document that its Markdown became.
#pragma once

#include <QString>
#include <vector>

#include "plugins/api/transcript.h"

namespace vitrine {

/// [from, to) in UTF-16 units.
struct TextSpan {
  int from = 0, to = 0;
};

/// Where each answer token of `lane` (position prompt_tokens + i) stands in the answer `text`. A token that ends within a character
/// stands where the character appears; one that shows nothing is empty.
std::vector<TextSpan> token_spans(const TranscriptLane& lane, const QString& text);

/// For each character of Markdown source its place in the text it is shown as; -1: markup. Characters are paired in order; where they
/// differ, the shorter way to three equal characters is taken. All white space is alike.
std::vector<int> places_in_shown(const QString& source, const QString& shown);

}  // namespace vitrine
