// SPDX-License-Identifier: Apache-2.0
// A conversation as a tree, without widgets: every question and answer is a node, editing or retrying makes a sibling,
// and the path from the root to the selected leaf is what is shown and what the model reads. Nothing is ever overwritten.
#pragma once

#include <QString>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/run/command.h"
#include "engine/run/event.h"

namespace vitrine {

enum class Speaker : uint8_t { user, assistant, text };  // text: a piece of a raw completion

struct Turn {
  int64_t id = 0;                 // the message's id in the session, or a running number without one
  int64_t parent = 0;             // 0: a root
  Speaker speaker = Speaker::user;
  QString text;
  LaneId lane = 0;                // answers: where its tokens are
  JobId job = 0;                  // answers: the running request; 0 when none
  std::vector<int32_t> prompt;    // answers: the rendered input it was made from
  std::vector<int32_t> given;     // answers: tokens that were set, not generated (continued from another token)
  std::optional<Answered> answered;
  QString trouble;                // why the answer ended early, if it did
};

class Conversation {
 public:
  /// Adds a turn below `parent` and selects it.
  Turn& add(Turn turn);
  Turn* find(int64_t id);
  const Turn* find(int64_t id) const;
  Turn* with_job(JobId job);
  Turn* with_lane(LaneId lane);

  /// From the root to the selected leaf.
  std::vector<const Turn*> path() const;
  const Turn* leaf() const;
  /// Alternatives to a turn (itself included), oldest first.
  std::vector<int64_t> siblings(int64_t id) const;
  /// Makes the branch through `id` the shown one, down to where it was last left.
  void select(int64_t id);
  bool empty() const noexcept { return turns_.empty(); }
  void clear();
  int64_t fresh_id() const noexcept { return turns_.empty() ? 1 : turns_.rbegin()->first + 1; }

  QString system_prompt;
  bool completion = false;        // raw text instead of messages

 private:
  std::map<int64_t, Turn> turns_;
  std::map<int64_t, int64_t> chosen_;  // parent -> selected child
};

/// An answer's text cut where a reasoning model thinks: <think> ... </think>.
struct ThoughtSpan {
  QString thought, rest;
  bool closed = true;
};
ThoughtSpan split_thought(const QString& answer);

}  // namespace vitrine
