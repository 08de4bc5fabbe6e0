// SPDX-License-Identifier: Apache-2.0
// What the chat does, without widgets: asks, retries, edits, continues from another token, stops; writes everything to the session
// as it happens and brings a saved session back. The window only shows it.
#pragma once

#include <QObject>
#include <map>
#include <set>

#include "plugins/api/panel.h"
#include "plugins/chat/conversation.h"
#include "plugins/chat/prompt_builder.h"
#include "sessions/session_store.h"

namespace vitrine {

class ChatSession : public QObject {
  Q_OBJECT
 public:
  explicit ChatSession(PanelContext& context, QObject* parent = nullptr);

  const Conversation& conversation() const noexcept { return conversation_; }
  /// The answer being looked at: the last one of the shown path. nullptr: none.
  const Turn* current_answer() const;
  bool running() const;
  bool can_chat() const;          // the model has a template
  bool can_answer() const;        // a model that writes text is open
  bool only_reads() const;        // an encoder is open
  bool answers_to_source() const;  // it is an encoder-decoder: each text is answered on its own

  void ask(const QString& text);
  /// Completion mode: continues the text with `text` added, as it stands if that is empty.
  void complete(const QString& text);
  void stop();
  /// Another answer to the same question, with the next seed.
  void retry(int64_t answer);
  /// The same question (completion: any piece of the text) in other words: a sibling branch with a new answer.
  void edit(int64_t question, const QString& text);
  /// Continues the current answer with `id` in place of the token at `position` of its lane.
  void continue_from(qint64 position, int32_t id);
  void select_branch(int64_t turn);
  void set_system_prompt(const QString& text);
  void set_completion(bool on);
  /// Completion mode: whether the text begins with BOS, where the tokenizer adds one.
  bool bos() const { return context_.workspace.setting("chat/bos", true).toBool(); }
  void set_bos(bool on) { context_.workspace.set_setting("chat/bos", on); }
  /// Encoder-decoders: beams of the next answer; 1: its tokens are drawn by the sampler. As the checkpoint says until set.
  int beams() const;
  void set_beams(int count) { beams_ = count; }
  void start_new();
  /// `message`: on the branch that is shown; 0: as it was left.
  void open(SessionId session, int64_t message = 0);
  /// Makes a turn's answer the one that everything looks at.
  void look_at(int64_t turn);
  SessionId session() const noexcept { return session_; }

  /// What would be sent if `draft` were asked now: for the prompt view. Empty with `why` when it cannot be rendered.
  BuiltPrompt preview(const QString& draft, QString* why = nullptr) const;

  void on_events(std::span<const Event> events);
  /// What the model held of prompt tokens of this lane stays with the run that answered.
  void keep_scores(LaneId lane, const std::vector<TokenOut>& tokens);
  void on_model_changed();

 signals:
  void path_changed();                      // turns were added, or another branch is shown
  void turn_changed(qint64 turn);           // its text or state
  void mode_changed();

 private:
  int64_t add_turn(Turn turn, const std::string& role, std::optional<RunId> run = {});
  bool raw_text() const { return conversation_.completion && !answers_to_source(); }
  // source_answers.cpp
  Generate source_request(const BuiltPrompt& source) const;
  void answer_to_source(int64_t question);
  void answer(int64_t question, Generate request, QString prefix, std::vector<int32_t> given);
  /// `like`: a lane that begins the same, so that its prefix is not run again; 0: none.
  void submit_for(int64_t question, LaneId like = 0);
  std::optional<RunId> begin_run(const Generate& request);
  void show_lane(const Turn* turn);
  void register_lane(Turn& turn);
  void guarded(const std::function<void()>& work);
  std::vector<const Turn*> path_to(int64_t turn) const;
  void take(const Event& event, Turn& turn);
  QString shown_text(const TokenOut& token) const;
  QString shown_text(const Message& answer) const;
  void remember_hash(const HashOut& hash);

  PanelContext& context_;
  Conversation conversation_;
  SessionId session_ = 0;
  LaneId next_lane_ = 1;
  std::map<JobId, RunId> runs_;             // requests that are being recorded
  std::map<int64_t, RunId> run_of_turn_;
  std::set<LaneId> at_engine_;              // lanes the engine knows
  int beams_ = 0;                           // 0: as the checkpoint says
};

}  // namespace vitrine
