// SPDX-License-Identifier: Apache-2.0
// What the chat writes into the session as it happens: messages, runs, scores of a prompt, hashes of models.
#include "plugins/chat/chat_session.h"
#include "sessions/run_record.h"

namespace vitrine {

/// A failing store or template is told in the error bar; the chat goes on.
void ChatSession::guarded(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    context_.workspace.show_error(error);
  }
}

int64_t ChatSession::add_turn(Turn turn, const std::string& role, std::optional<RunId> run) {
  turn.id = conversation_.fresh_id();
  if (context_.store && !context_.store->read_only()) {
    guarded([&] {
      if (session_ == 0) {
        session_ = context_.store->create_session({.mode = conversation_.completion ? "completion" : "chat", .system_prompt = conversation_.system_prompt.toStdString()});
        context_.workspace.set_session(session_);
        context_.workspace.set_setting("chat/session", qint64(session_));
      }
      NewMessage message{.role = role, .text = turn.text.toStdString(), .tokens = turn.given, .run = run};
      if (turn.parent != 0) message.parent = turn.parent;
      turn.id = context_.store->add_message(session_, message);
    });
  }
  const int64_t id = turn.id;
  conversation_.add(std::move(turn));
  return id;
}

std::optional<RunId> ChatSession::begin_run(const Generate& request) {
  const auto model = context_.workspace.model();
  std::optional<RunId> run;
  if (!context_.store || context_.store->read_only() || session_ == 0 || !model) return run;
  guarded([&] {
    run = context_.store->begin_run(run_record(session_, *model->facts, request));
    context_.store->append(*run, Command(request));
  });
  return run;
}

/// Into the session, with the run whose prompt they belong to.
void ChatSession::keep_scores(LaneId lane, const std::vector<TokenOut>& tokens) {
  if (!context_.store || context_.store->read_only()) return;
  for (const auto& [id, run] : run_of_turn_) {
    const Turn* turn = conversation_.find(id);
    if (!turn || turn->lane != lane) continue;
    std::vector<Event> events;
    for (TokenOut token : tokens) {
      token.lane = lane;
      events.push_back({JobId(turn->job), std::move(token)});
    }
    guarded([&] { context_.store->append(run, events); });
  }
}

void ChatSession::remember_hash(const HashOut& hash) {
  const auto model = context_.workspace.model();
  if (!context_.store || hash.sha256.empty() || !model) return;
  const std::filesystem::path& path = model->facts->path;
  const std::filesystem::path& hashed = hash.sha256.front().first;
  if (hashed != path && hashed.parent_path() != path) return;  // of the model before
  guarded([&] {
    const ModelFile file = model_file(path);
    context_.store->set_model_hash(path, file.bytes, file.mtime_ms, model_hash(hash));
  });
}

}  // namespace vitrine
