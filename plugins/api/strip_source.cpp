// SPDX-License-Identifier: Apache-2.0
// Characters split over tokens are found again for the last tokens only, as the answer grows.
#include "plugins/api/strip_source.h"

#include <algorithm>
#include <limits>

#include "views/numbers.h"
#include "views/token_text.h"

namespace vitrine {

void StripSource::set_lane(LaneId lane) {
  lane_ = lane;
  update_from(0);
}

void StripSource::update_from(qint64 first) {
  const TranscriptLane* lane = transcript_.lane(lane_);
  const qint64 from = std::max<qint64>(0, first - 4);  // a character has at most four bytes
  brackets_.erase(brackets_.lower_bound(from), brackets_.end());
  if (!lane) return;
  std::vector<std::string_view> bytes;
  for (size_t i = size_t(from); i < lane->tokens.size(); ++i) bytes.push_back(lane->tokens[i].bytes);
  for (const views::SplitCharacter& split : views::split_characters(bytes, from))
    for (qint64 i = split.first; i <= split.last; ++i)
      brackets_[i] = {i == split.first ? 1 : i == split.last ? 3 : 2, i == split.first ? split.character : QString()};
}

qint64 StripSource::count() const {
  const TranscriptLane* lane = transcript_.lane(lane_);
  return lane ? qint64(lane->tokens.size()) : 0;
}

QString StripSource::text(qint64 index) const {
  const TranscriptToken* token = transcript_.token(lane_, index);
  return token ? views::token_text(token->bytes) : QString();
}

views::Chip StripSource::chip(qint64 index) const {
  views::Chip chip;
  const TranscriptToken* token = transcript_.token(lane_, index);
  if (!token) return chip;
  chip.text = views::token_text(token->bytes);
  chip.level = token_level(*token, color_);
  chip.bar = token->known ? double(token->probability()) : -1;
  chip.special = token->special;
  chip.dim = token->role == TokenRole::template_text;
  if (const auto bracket = brackets_.find(index); bracket != brackets_.end()) {
    chip.bracket = bracket->second.part;
    chip.bracket_text = bracket->second.character;
  }
  const std::vector<TokenMark>& marks = transcript_.marks(lane_);
  const auto mark = std::lower_bound(marks.begin(), marks.end(), index,
                                     [](const TokenMark& m, qint64 position) { return m.position < position; });
  if (mark != marks.end() && mark->position == index) {
    chip.marked = true;
    chip.mark_text = views::token_text(transcript_.face(mark->other).bytes);
  }
  return chip;
}

QString StripSource::tool_tip(qint64 index) const {
  const TranscriptToken* token = transcript_.token(lane_, index);
  if (!token) return {};
  QString text = tr("Token %1, id %2: %3").arg(index).arg(token->id).arg(views::token_text(token->bytes));
  if (token->known)
    text += '\n' + tr("probability %1, rank %2, entropy %3 nats")
                       .arg(views::percent(double(token->probability())))
                       .arg(token->rank + 1)
                       .arg(views::significant(double(token->entropy)));
  else if (token->role == TokenRole::template_text)
    text += '\n' + tr("added by the chat template");
  return text;
}

std::vector<views::NumberArray> StripSource::numbers() const {
  views::NumberArray tokens{
      .name = QStringLiteral("tokens"),
      .shape = {count(), 7},
      .values = {},
      .column_names = {"id", "of_prompt", "logprob", "probability", "entropy", "rank", "sampled_probability"}};
  const TranscriptLane* lane = transcript_.lane(lane_);
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  for (size_t i = 0; lane && i < lane->tokens.size(); ++i) {
    const TranscriptToken& token = lane->tokens[i];
    tokens.row_names.push_back(views::token_text(token.bytes));
    tokens.values.insert(tokens.values.end(), {double(token.id), double(token.prompt)});
    if (token.known)
      tokens.values.insert(tokens.values.end(), {double(token.logprob), double(token.probability()), double(token.entropy),
                                                 double(token.rank + 1)});
    else
      tokens.values.insert(tokens.values.end(), 4, kUnknown);
    tokens.values.push_back(token.known && !token.prompt ? token.sampled_probability : kUnknown);
  }
  return {std::move(tokens)};
}

QStringList StripSource::level_names(TokenColor color) {
  static const QStringList names[] = {{"≥ 90 %", "≥ 50 %", "≥ 20 %", "≥ 5 %", "< 5 %"},
                                      {"< 0.1", "< 0.7", "< 1.5", "< 2.5", "≥ 2.5"},
                                      {"1", "2", "3–5", "6–20", "> 20"}};
  return names[size_t(color)];
}

}  // namespace vitrine
