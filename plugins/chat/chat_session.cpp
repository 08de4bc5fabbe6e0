// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/chat_session.h"

#include <algorithm>

#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

namespace vitrine {

ChatSession::ChatSession(PanelContext& context, QObject* parent) : QObject(parent), context_(context) {
  connect(&context.workspace, &Workspace::session_requested, this, [this](qint64 id, qint64 message) { open(id, message); });
}

const Turn* ChatSession::current_answer() const {
  const auto path = conversation_.path();
  for (auto turn = path.rbegin(); turn != path.rend(); ++turn)
    if ((*turn)->lane != 0) return *turn;
  return nullptr;
}

bool ChatSession::running() const {
  const Turn* turn = current_answer();
  return turn && turn->job != 0;
}

bool ChatSession::can_chat() const {
  const auto model = context_.workspace.model();
  return model && model->chat_template && model->tokenizer;
}

bool ChatSession::can_answer() const {
  const auto model = context_.workspace.model();
  return model && model->tokenizer && model->facts->spec.head && model->facts->spec.stacks[0].causal;
}

bool ChatSession::only_reads() const {
  const auto model = context_.workspace.model();
  return model && model->facts->spec.only_reads();
}

std::vector<const Turn*> ChatSession::path_to(int64_t turn) const {
  std::vector<const Turn*> path;
  for (const Turn* at = conversation_.find(turn); at; at = conversation_.find(at->parent)) path.insert(path.begin(), at);
  return path;
}

/// Submits `request` for an answer below `question`; `prefix` is the text of tokens that are set already.
void ChatSession::answer(int64_t question, Generate request, QString prefix, std::vector<int32_t> given) {
  request.lane = next_lane_++;
  Turn turn;
  turn.parent = question;
  turn.speaker = raw_text() ? Speaker::text : Speaker::assistant;
  turn.text = std::move(prefix);
  turn.lane = request.lane;
  const int64_t prompt = request.prompt_tokens >= 0 ? request.prompt_tokens : int64_t(request.tokens.size());
  turn.prompt.assign(request.tokens.begin(), request.tokens.begin() + prompt);
  turn.given = std::move(given);
  const std::optional<RunId> run = begin_run(request);
  const int64_t id = add_turn(std::move(turn), raw_text() ? "text" : "assistant", run);
  at_engine_.insert(request.lane);
  const LaneId lane = request.lane;
  const JobId job = context_.workspace.submit(std::move(request));
  conversation_.find(id)->job = job;
  if (run) {
    runs_[job] = *run;
    run_of_turn_[id] = *run;
  }
  context_.selection.set_lane(lane);
  context_.workspace.set_message(id);
  emit path_changed();
}

void ChatSession::submit_for(int64_t question, LaneId like) {
  guarded([&] {
    const auto model = context_.workspace.model();
    if (!model) throw Error(ErrorKind::input, "no model is open", "open one first (Ctrl+O)");
    if (!model->tokenizer)
      throw Error(ErrorKind::input, "this checkpoint has no tokenizer: it cannot read text", "put its tokenizer.json into the folder, or open a GGUF file, which holds one");
    if (!can_answer()) throw Error(ErrorKind::input, "this model does not generate text", "open a causal language model");
    if (answers_to_source()) return answer_to_source(question);
    const std::vector<const Turn*> path = path_to(question);
    const BuiltPrompt built = build_prompt(*model, path, conversation_.system_prompt, conversation_.completion, bos());
    Generate request = context_.workspace.generate_defaults();
    request.tokens = built.ids;
    const Turn* before = nullptr;
    for (const Turn* turn : path)
      if (turn->lane != 0 && at_engine_.count(turn->lane)) before = turn;
    if (before) request.fork_of = before->lane;
    if (like != 0 && at_engine_.count(like)) request.fork_of = like;
    int answers = 0;
    for (const auto& [id, run] : run_of_turn_)
      if (const Turn* turn = conversation_.find(id); turn && turn->parent == question) ++answers;
    request.sampler.seed += uint64_t(answers);  // a retry draws other numbers
    const LaneId lane = next_lane_;
    context_.transcript.set_roles(lane, built.roles);
    answer(question, std::move(request), {}, {});
  });
}

void ChatSession::ask(const QString& text) {
  if (running()) return;
  if (conversation_.completion || !can_chat()) return complete(text);
  if (text.trimmed().isEmpty()) return;
  const Turn* leaf = conversation_.leaf();
  Turn turn;
  turn.parent = leaf ? leaf->id : 0;
  turn.speaker = Speaker::user;
  turn.text = text;
  const int64_t id = add_turn(std::move(turn), "user");
  emit path_changed();
  submit_for(id);
}

void ChatSession::complete(const QString& text) {
  if (running()) return;
  conversation_.completion = true;
  const Turn* leaf = conversation_.leaf();
  int64_t at = leaf ? leaf->id : 0;
  if (answers_to_source() && text.trimmed().isEmpty()) return;  // there is no text to go on with: an answer is complete
  if (!text.isEmpty()) {
    Turn turn;
    turn.parent = at;
    turn.speaker = raw_text() ? Speaker::text : Speaker::user;
    turn.text = text;
    at = add_turn(std::move(turn), raw_text() ? "text" : "user");
    emit path_changed();
  }
  if (at != 0) submit_for(at);
}

void ChatSession::stop() {
  if (const Turn* turn = current_answer(); turn && turn->job) context_.workspace.cancel(turn->job);
}

void ChatSession::retry(int64_t id) {
  const Turn* turn = conversation_.find(id);
  if (!turn || running()) return;
  submit_for(turn->lane != 0 ? turn->parent : id);
}

void ChatSession::edit(int64_t id, const QString& text) {
  const Turn* turn = conversation_.find(id);
  if (!turn || running() || text == turn->text) return;
  Turn other;
  other.parent = turn->parent;
  other.speaker = turn->speaker;
  other.text = text;
  const LaneId like = turn->lane;
  const int64_t fresh = add_turn(std::move(other), turn->speaker == Speaker::user ? "user" : "text");
  emit path_changed();
  submit_for(fresh, like);
}

void ChatSession::continue_from(qint64 position, int32_t id) {
  const Turn* turn = conversation_.with_lane(context_.selection.lane());
  const TranscriptLane* lane = turn ? context_.transcript.lane(turn->lane) : nullptr;
  const auto model = context_.workspace.model();
  if (!lane || !model || running() || position < lane->prompt_tokens || position >= qint64(lane->tokens.size())) return;
  guarded([&] {
    Generate request = context_.workspace.generate_defaults();
    std::vector<int32_t> given;
    for (qint64 i = 0; i < position; ++i) {
      request.tokens.push_back(lane->tokens[size_t(i)].id);
      if (i >= lane->prompt_tokens) given.push_back(request.tokens.back());
    }
    request.tokens.push_back(id);
    given.push_back(id);
    request.source = lane->request.source;
    if (!request.source.empty()) request.sampler = lane->request.sampler;
    request.prompt_tokens = int(lane->prompt_tokens);
    request.first_step = uint64_t(given.size());
    request.fork_of = turn->lane;
    request.sampler.seed = lane->request.sampler.seed;
    const QString prefix = QString::fromStdString(model->tokenizer->decode(given));
    std::vector<TokenRole> roles;
    for (const TranscriptToken& token : lane->tokens) roles.push_back(token.role);
    roles.resize(size_t(lane->prompt_tokens));
    context_.transcript.set_roles(next_lane_, roles);
    answer(turn->parent, std::move(request), prefix, given);
  });
}

void ChatSession::look_at(int64_t id) {
  if (const Turn* turn = conversation_.find(id); turn && turn->lane != 0) show_lane(turn);
}

void ChatSession::select_branch(int64_t id) {
  if (!conversation_.find(id)) return;
  conversation_.select(id);
  if (context_.store && session_ != 0) guarded([&] { context_.store->select_branch(id); });
  show_lane(current_answer());
  emit path_changed();
}

void ChatSession::set_system_prompt(const QString& text) {
  conversation_.system_prompt = text;
  if (context_.store && session_ != 0) guarded([&] { context_.store->set_system_prompt(session_, text.toStdString()); });
}

void ChatSession::set_completion(bool on) {
  if (conversation_.completion == on) return;
  if (!conversation_.empty()) start_new();  // messages and raw text do not mix in one session
  conversation_.completion = on;
  emit mode_changed();
}

void ChatSession::start_new() {
  stop();
  const QString system = conversation_.system_prompt;
  const bool completion = conversation_.completion;
  conversation_ = {};
  conversation_.system_prompt = system;
  conversation_.completion = completion;
  session_ = 0;
  runs_.clear();
  run_of_turn_.clear();
  context_.workspace.set_session(0);
  context_.workspace.set_message(0);
  context_.workspace.set_setting("chat/session", qint64(0));
  context_.selection.set_lane(0);
  emit path_changed();
}

void ChatSession::open(SessionId id, int64_t message) {
  if (!context_.store || id == 0) return;
  if (id == session_ && message != 0) {
    select_branch(message);
    return look_at(message);
  }
  guarded([&] {
    const auto row = context_.store->find(id);
    if (!row) throw Error(ErrorKind::input, "this session does not exist any more", "choose another one");
    const std::vector<Message> messages = context_.store->messages(id);
    const std::vector<Message> shown = context_.store->selected_branch(id);
    stop();
    conversation_ = {};
    runs_.clear();
    run_of_turn_.clear();
    session_ = id;
    conversation_.completion = row->mode == "completion";
    conversation_.system_prompt = QString::fromStdString(row->system_prompt);
    for (const Message& message : messages) {
      if (message.role == "system") continue;
      Turn turn;
      turn.id = message.id;
      turn.parent = message.parent.value_or(0);
      turn.speaker = message.role == "user" ? Speaker::user : message.role == "assistant" ? Speaker::assistant : Speaker::text;
      turn.text = raw_text() && message.run ? shown_text(message) : QString::fromStdString(message.text);
      if (message.run) {
        turn.lane = next_lane_++;
        run_of_turn_[turn.id] = *message.run;
      }
      conversation_.add(std::move(turn));
    }
    if (!shown.empty()) conversation_.select(shown.back().id);
    if (conversation_.find(message)) conversation_.select(message);
    context_.workspace.set_session(id);
    context_.workspace.set_setting("chat/session", qint64(id));
    show_lane(current_answer());
    look_at(message);
  });
  emit mode_changed();
  emit path_changed();
}

/// Makes an answer's lane the shared one; a lane of a reopened session is told to transcript and engine first.
void ChatSession::show_lane(const Turn* turn) {
  context_.workspace.set_message(turn ? turn->id : 0);
  if (!turn) {
    context_.selection.set_lane(0);
    return;
  }
  if (!context_.transcript.lane(turn->lane) || !at_engine_.count(turn->lane)) register_lane(*conversation_.find(turn->id));
  context_.selection.set_lane(turn->lane);
}

void ChatSession::register_lane(Turn& turn) {
  const auto run = run_of_turn_.find(turn.id);
  const auto model = context_.workspace.model();
  if (run == run_of_turn_.end() || !context_.store) return;
  guarded([&] {
    const std::vector<Command> commands = context_.store->commands(run->second);
    const auto first = std::find_if(commands.begin(), commands.end(), [](const Command& c) { return std::holds_alternative<Generate>(c); });
    if (first == commands.end()) return;
    Generate request = std::get<Generate>(*first);
    const int64_t prompt = request.prompt_tokens >= 0 ? request.prompt_tokens : int64_t(request.tokens.size());
    TranscriptLane lane;
    lane.id = turn.lane;
    lane.prompt_tokens = prompt;
    for (size_t i = 0; i < request.tokens.size(); ++i) {
      TranscriptToken token;
      token.id = request.tokens[i];
      const TokenFace face = context_.transcript.face(token.id);
      token.bytes = face.bytes;
      token.special = face.special;
      token.prompt = int64_t(i) < prompt;
      lane.tokens.push_back(std::move(token));
    }
    for (const TokenOut& out : context_.store->tokens(run->second)) {
      if (out.prompt) {
        if (out.position >= 0 && out.position < prompt && lane.tokens[size_t(out.position)].id == out.id) Transcript::set_verdict(lane.tokens[size_t(out.position)], out);
        continue;
      }
      TranscriptToken token;
      token.id = out.id;
      const TokenFace face = context_.transcript.face(out.id);
      token.bytes = face.bytes;
      token.special = face.special;
      token.text = out.text;
      token.prompt = false;
      Transcript::set_verdict(token, out);
      token.step = out.step;
      token.sampled_probability = out.sampled_probability;
      token.elapsed_ms = out.elapsed_ms;
      token.stages = out.stages;
      lane.tokens.push_back(std::move(token));
    }
    std::vector<int32_t> all;
    for (const TranscriptToken& token : lane.tokens) all.push_back(token.id);
    turn.prompt.assign(all.begin(), all.begin() + prompt);
    lane.request = request;
    lane.request.tokens.clear();
    context_.transcript.restore(lane);
    const RunRecord record = context_.store->run(run->second);
    if (!model || record.model_path != model->facts->path) return;  // another model: the text can be read, its inside not looked at
    request.lane = turn.lane;
    request.fork_of = 0;
    request.tokens = std::move(all);
    request.prompt_tokens = int(prompt);
    request.max_tokens = 0;
    request.watches.clear();
    context_.engine.submit(std::move(request));
    at_engine_.insert(turn.lane);
  });
}

BuiltPrompt ChatSession::preview(const QString& draft, QString* why) const {
  const auto model = context_.workspace.model();
  if (!model || !model->tokenizer) return {};
  try {
    std::vector<const Turn*> path = conversation_.path();
    Turn next;
    next.speaker = conversation_.completion ? Speaker::text : Speaker::user;
    next.text = draft;
    if (answers_to_source()) {
      const auto last = std::find_if(path.rbegin(), path.rend(), [](const Turn* turn) { return turn->lane == 0; });
      return !draft.isEmpty() ? build_source(*model, draft) : last != path.rend() ? build_source(*model, (*last)->text) : BuiltPrompt{};
    }
    while (draft.isEmpty() && !path.empty() && path.back()->lane != 0) path.pop_back();  // what the last answer was made from
    if (!draft.isEmpty()) path.push_back(&next);
    if (path.empty()) return {};
    return build_prompt(*model, path, conversation_.system_prompt, conversation_.completion, bos());
  } catch (const Error& error) {
    if (why) *why = QString::fromStdString(error.message());
    return {};
  }
}

/// In a raw text special tokens are written out.
QString ChatSession::shown_text(const TokenOut& token) const {
  if (raw_text() && token.text.empty())
    if (const TokenFace face = context_.transcript.face(token.id); face.special) return QString::fromStdString(face.bytes);
  return QString::fromStdString(token.text);
}

/// The store keeps the text without special tokens, and the tokens.
QString ChatSession::shown_text(const Message& answer) const {
  QString kept, shown;
  for (const TokenOut& token : context_.store->tokens(*answer.run)) {
    if (token.prompt) continue;
    kept += QString::fromStdString(token.text);
    shown += shown_text(token);
  }
  const QString text = QString::fromStdString(answer.text);
  const qsizetype at = text.lastIndexOf(kept);
  return kept == shown || at < 0 ? text : text.left(at) + shown + text.mid(at + kept.size());
}

void ChatSession::take(const Event& event, Turn& turn) {
  if (const auto* token = std::get_if<TokenOut>(&event.body); token && !token->prompt) turn.text += shown_text(*token);
  if (const auto* answered = std::get_if<Answered>(&event.body)) {
    turn.text += QString::fromStdString(answered->tail);
    turn.answered = *answered;
    if (answered->reason == StopReason::max_tokens) turn.trouble = tr("Stopped at the limit of %n token(s).", "", int(answered->answer_tokens));
    if (answered->reason == StopReason::context_full) turn.trouble = tr("The context is full.");
    if (answered->reason == StopReason::cancelled) turn.trouble = tr("Stopped.");
  }
  if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
    turn.job = 0;
    if (ended->error) {
      turn.trouble = QString::fromStdString(ended->error->message());
      context_.workspace.show_error(*ended->error);
    }
  }
}

void ChatSession::on_events(std::span<const Event> events) {
  std::set<int64_t> changed;
  for (const Event& event : events) {
    if (const auto* hash = std::get_if<HashOut>(&event.body)) remember_hash(*hash);
    const auto run = runs_.find(event.job);
    if (run != runs_.end() && context_.store) {
      guarded([&] { context_.store->append(run->second, std::span(&event, 1)); });
      if (std::holds_alternative<JobEnded>(event.body)) runs_.erase(run);
    }
    Turn* turn = conversation_.with_job(event.job);
    if (!turn) continue;
    take(event, *turn);
    changed.insert(turn->id);
  }
  for (int64_t id : changed) emit turn_changed(id);
}

void ChatSession::on_model_changed() {
  at_engine_.clear();
  beams_ = 0;
  if (conversation_.empty()) {
    const qint64 last = context_.workspace.setting("chat/session", 0).toLongLong();
    if (session_ == 0 && last != 0 && context_.store && context_.store->find(last)) return open(last);
    const bool completion = context_.workspace.model() && !can_chat();
    if (completion != conversation_.completion && context_.workspace.model()) {
      conversation_.completion = completion;
      emit mode_changed();
    }
  }
  if (context_.workspace.model()) show_lane(current_answer());
  emit path_changed();
}

}  // namespace vitrine
