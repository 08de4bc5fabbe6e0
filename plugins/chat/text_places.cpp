// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/text_places.h"

#include <algorithm>

namespace vitrine {
namespace {

constexpr qsizetype kPair = 3;        // equal characters that make a pairing trustworthy
constexpr qsizetype kFarthest = 4096;  // a link's address, a table's rule

bool same(QChar a, QChar b) { return a == b || (a.isSpace() && b.isSpace()); }

bool pairs(const QString& source, qsizetype i, const QString& shown, qsizetype j, qsizetype count) {
  for (qsizetype k = 0; k < count && j + k < shown.size(); ++k)
    if (i + k >= source.size() || !same(source[i + k], shown[j + k])) return false;
  return true;
}

/// How many characters of the source to pass over until it pairs with shown[j]; kFarthest: none.
qsizetype skip_source(const QString& source, qsizetype i, const QString& shown, qsizetype j) {
  for (const qsizetype count : {kPair, qsizetype(1)}) {
    const qsizetype last = std::min(source.size() - i, count == 1 ? qsizetype(16) : kFarthest);
    for (qsizetype skip = 1; skip < last; ++skip)
      if (pairs(source, i + skip, shown, j, count)) return skip;
  }
  return kFarthest;
}

qsizetype skip_shown(const QString& source, qsizetype i, const QString& shown, qsizetype j) {
  for (qsizetype skip = 1; skip < std::min(shown.size() - j, qsizetype(8)); ++skip)
    if (pairs(source, i, shown, j + skip, kPair)) return skip;
  return kFarthest;
}

}  // namespace

std::vector<TextSpan> token_spans(const TranscriptLane& lane, const QString& text) {
  const qsizetype first = qsizetype(std::max<qint64>(0, lane.prompt_tokens));
  std::vector<TextSpan> spans(size_t(std::max<qsizetype>(0, qsizetype(lane.tokens.size()) - first)));
  // From the end: what was set before the answer (continued from another token) may be written differently.
  int end = int(text.size()) - int(lane.answered ? QString::fromStdString(lane.answered->tail).size() : 0);
  for (size_t i = spans.size(); i-- > 0;) {
    const TranscriptToken& token = lane.tokens[size_t(first) + i];
    QString shown = QString::fromStdString(token.text);
    if (const QString written = QString::fromStdString(token.bytes); token.special && shown.isEmpty() && QStringView(text).left(end).endsWith(written)) shown = written;
    const int from = std::max(0, end - int(shown.size()));
    spans[i] = {from, std::max(from, end)};
    if (token.text.empty() && !token.special && i + 1 < spans.size()) spans[i] = spans[i + 1];
    end = from;
  }
  return spans;
}

std::vector<int> places_in_shown(const QString& source, const QString& shown) {
  std::vector<int> places(size_t(source.size()), -1);
  qsizetype j = 0;
  for (qsizetype i = 0; i < source.size() && j < shown.size();) {
    if (same(source[i], shown[j])) {
      places[size_t(i++)] = int(j++);
      continue;
    }
    const qsizetype over_source = skip_source(source, i, shown, j), over_shown = skip_shown(source, i, shown, j);
    if (over_shown < over_source)
      j += over_shown;
    else if (over_source < kFarthest)
      i += over_source;
    else
      ++j;
  }
  return places;
}

}  // namespace vitrine
