// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/conversation.h"

#include <algorithm>

namespace vitrine {

Turn& Conversation::add(Turn turn) {
  const int64_t id = turn.id, parent = turn.parent;
  chosen_[parent] = id;
  return turns_.insert_or_assign(id, std::move(turn)).first->second;
}

Turn* Conversation::find(int64_t id) {
  const auto found = turns_.find(id);
  return found == turns_.end() ? nullptr : &found->second;
}

const Turn* Conversation::find(int64_t id) const {
  const auto found = turns_.find(id);
  return found == turns_.end() ? nullptr : &found->second;
}

Turn* Conversation::with_job(JobId job) {
  for (auto& [id, turn] : turns_)
    if (job != 0 && turn.job == job) return &turn;
  return nullptr;
}

Turn* Conversation::with_lane(LaneId lane) {
  for (auto& [id, turn] : turns_)
    if (lane != 0 && turn.lane == lane) return &turn;
  return nullptr;
}

std::vector<const Turn*> Conversation::path() const {
  std::vector<const Turn*> list;
  for (int64_t at = 0;;) {
    const auto next = chosen_.find(at);
    if (next == chosen_.end()) return list;
    const Turn* turn = find(next->second);
    if (!turn) return list;
    list.push_back(turn);
    at = turn->id;
  }
}

const Turn* Conversation::leaf() const {
  const auto list = path();
  return list.empty() ? nullptr : list.back();
}

std::vector<int64_t> Conversation::siblings(int64_t id) const {
  const Turn* turn = find(id);
  std::vector<int64_t> list;
  if (!turn) return list;
  for (const auto& [other, t] : turns_)
    if (t.parent == turn->parent) list.push_back(other);
  return list;
}

void Conversation::select(int64_t id) {
  for (const Turn* turn = find(id); turn; turn = find(turn->parent)) chosen_[turn->parent] = turn->id;
}

void Conversation::clear() {
  turns_.clear();
  chosen_.clear();
}

ThoughtSpan split_thought(const QString& answer) {
  static const QString open = QStringLiteral("<think>"), close = QStringLiteral("</think>");
  ThoughtSpan span;
  const qsizetype begin = answer.indexOf(open), end = answer.indexOf(close);
  if (begin < 0 && end < 0) return {{}, answer, true};
  if (begin < 0 || (end >= 0 && end < begin)) {  // some templates open the thought in the prompt
    span.thought = answer.left(end).trimmed();
    span.rest = answer.mid(end + close.size());
    return span;
  }
  if (!answer.left(begin).trimmed().isEmpty()) return {{}, answer, true};
  span.closed = end >= 0;
  span.thought = answer.mid(begin + open.size(), span.closed ? end - begin - open.size() : -1).trimmed();
  span.rest = span.closed ? answer.mid(end + close.size()) : QString();
  return span;
}

}  // namespace vitrine
