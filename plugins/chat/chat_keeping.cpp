// SPDX-License-Identifier: Apache-2.0
// What the chat writes into the session as it happens: messages, runs, scores of a prompt, hashes of models.
#include <chrono>

#include "plugins/chat/chat_session.h"

namespace vitrine {

/// Milliseconds since 1970 at which the file last changed.
static int64_t changed_ms(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto changed = std::filesystem::last_write_time(path, ignored);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::file_clock::to_sys(changed).time_since_epoch()).count();
}

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
    const ModelFacts& facts = *model->facts;
    RunRecord record{.session = session_, .model_path = facts.path, .model_name = facts.spec.name, .weight_summary = facts.weight_summary};
    std::error_code ignored;
    record.model_bytes = facts.weight_bytes;
    if (std::filesystem::is_regular_file(facts.path, ignored)) {
      record.model_bytes = int64_t(std::filesystem::file_size(facts.path, ignored));
      record.model_mtime_ms = changed_ms(facts.path);
    }
    record.instruction_set = facts.instruction_set;
    record.device = facts.device;
    record.precision = request.precision;
    record.kv_dtype = facts.kv_dtype;
    record.threads = facts.threads;
    record.sampler = request.sampler;
    run = context_.store->begin_run(record);
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
  if (!context_.store || hash.sha256.size() != 1) return;
  guarded([&] {
    const auto& [path, sha256] = hash.sha256[0];
    std::error_code ignored;
    context_.store->set_model_hash(path, int64_t(std::filesystem::file_size(path, ignored)), changed_ms(path), sha256);
  });
}

}  // namespace vitrine
