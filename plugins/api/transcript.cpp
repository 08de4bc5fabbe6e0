// SPDX-License-Identifier: Apache-2.0
// Requests and events into tokens; one signal a batch and lane, however many tokens it brought.
#include "plugins/api/transcript.h"

#include <algorithm>
#include <cmath>

#include "engine/core/text.h"

namespace vitrine {

float TranscriptToken::probability() const noexcept { return std::exp(logprob); }

int token_level(const TranscriptToken& token, TokenColor color) noexcept {
  if (!token.known) return -1;
  const auto below = [](double value, std::initializer_list<double> limits) {
    return int(std::count_if(limits.begin(), limits.end(), [value](double limit) { return value >= limit; }));
  };
  switch (color) {
    case TokenColor::probability:
      return 4 - below(double(token.probability()), {0.05, 0.2, 0.5, 0.9});
    case TokenColor::entropy:
      return below(double(token.entropy), {0.1, 0.7, 1.5, 2.5});
    case TokenColor::rank:
      return below(token.rank, {1, 2, 5, 20});
  }
  return -1;
}

std::string TranscriptLane::answer_text() const {
  std::string text;
  for (size_t i = size_t(std::max<qint64>(0, prompt_tokens)); i < tokens.size(); ++i) text += tokens[i].text;
  if (answered) text += answered->tail;
  return text;
}

Transcript::Transcript(QObject* parent) : QObject(parent) {}

const TranscriptLane* Transcript::lane(LaneId id) const noexcept {
  const auto found = lanes_.find(id);
  return found == lanes_.end() ? nullptr : &found->second;
}

const TranscriptToken* Transcript::token(LaneId id, qint64 position) const noexcept {
  const TranscriptLane* found = lane(id);
  return found && position >= 0 && position < qint64(found->tokens.size()) ? &found->tokens[size_t(position)] : nullptr;
}

std::vector<LaneId> Transcript::lanes() const {
  std::vector<LaneId> ids;
  for (const auto& [id, lane] : lanes_) ids.push_back(id);
  return ids;
}

bool Transcript::running() const noexcept {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const auto& entry) { return entry.second.running; });
}

void Transcript::set_vocabulary(std::function<TokenFace(int32_t)> face) { face_ = std::move(face); }

TokenFace Transcript::face(int32_t id) const { return face_ ? face_(id) : TokenFace{cat("#", id), false}; }

TranscriptToken Transcript::plain_token(int32_t id) const {
  TokenFace look = face(id);
  TranscriptToken token;
  token.id = id;
  token.bytes = std::move(look.bytes);
  token.special = look.special;
  return token;
}

void Transcript::begin(JobId job, const Generate& request) {
  const TranscriptLane* source = lane(request.fork_of ? request.fork_of : request.lane);
  TranscriptLane next;
  next.id = request.lane;
  next.job = job;
  next.fork_of = request.fork_of;
  next.running = true;
  next.tokens.reserve(request.tokens.size() + 64);
  size_t kept = 0;
  if (source)
    while (kept < request.tokens.size() && kept < source->tokens.size() &&
           source->tokens[kept].id == request.tokens[kept])
      next.tokens.push_back(source->tokens[kept++]);
  if (request.fork_of) next.fork_position = qint64(kept);
  for (size_t i = kept; i < request.tokens.size(); ++i) next.tokens.push_back(plain_token(request.tokens[i]));
  next.prompt_tokens = request.prompt_tokens >= 0 ? std::min<qint64>(request.prompt_tokens, qint64(next.tokens.size()))
                                                  : qint64(next.tokens.size());
  for (size_t i = 0; i < next.tokens.size(); ++i) next.tokens[i].prompt = qint64(i) < next.prompt_tokens;
  for (int32_t id : request.source) next.source.push_back(plain_token(id));
  next.request = request;
  next.request.tokens.clear();
  if (const auto roles = roles_.find(request.lane); roles != roles_.end())
    for (size_t i = 0; i < std::min(roles->second.size(), next.tokens.size()); ++i)
      next.tokens[i].role = roles->second[i];
  lanes_[request.lane] = std::move(next);
  set_marks(request.lane, {});
  emit lane_began(request.lane, qint64(kept));
}

void Transcript::begin(JobId job, const Read& request) {
  begin(job, Generate{.lane = request.lane, .tokens = request.tokens, .max_tokens = 0, .precision = request.precision, .variant = request.variant});
}

void Transcript::set_roles(LaneId id, std::span<const TokenRole> roles) {
  roles_[id].assign(roles.begin(), roles.end());
  const auto found = lanes_.find(id);
  if (found == lanes_.end()) return;
  const size_t count = std::min(roles.size(), found->second.tokens.size());
  for (size_t i = 0; i < count; ++i) found->second.tokens[i].role = roles[i];
  emit tokens_changed(id, 0, qint64(count));
}

void Transcript::restore(TranscriptLane lane) {
  const LaneId id = lane.id;
  lane.running = false;
  lane.source.clear();
  for (int32_t token : lane.request.source) lane.source.push_back(plain_token(token));
  lanes_[id] = std::move(lane);
  emit lane_began(id, 0);
  emit lane_ended(id);
}

void Transcript::drop(LaneId id) {
  roles_.erase(id);
  marks_.erase(id);
  if (lanes_.erase(id)) emit lane_dropped(id);
}

void Transcript::set_marks(LaneId id, std::vector<TokenMark> marks) {
  std::vector<TokenMark>& kept = marks_[id];
  if (kept.empty() && marks.empty()) return;
  kept = std::move(marks);
  emit marks_changed(id);
}

const std::vector<TokenMark>& Transcript::marks(LaneId id) const noexcept {
  static const std::vector<TokenMark> none;
  const auto found = marks_.find(id);
  return found == marks_.end() ? none : found->second;
}

void Transcript::clear() {
  const std::vector<LaneId> ids = lanes();
  for (const LaneId id : ids) drop(id);
}

void Transcript::judge(LaneId id, std::span<const TokenOut> tokens) {
  const auto found = lanes_.find(id);
  if (found == lanes_.end()) return;
  qint64 first = -1, last = -1;
  for (const TokenOut& out : tokens) {
    if (out.position < 0 || out.position >= qint64(found->second.tokens.size())) continue;
    TranscriptToken& token = found->second.tokens[size_t(out.position)];
    if (token.id != out.id || !token.prompt) continue;
    set_verdict(token, out);
    first = first < 0 ? out.position : std::min<qint64>(first, out.position);
    last = std::max<qint64>(last, out.position);
  }
  if (first >= 0) emit tokens_changed(id, first, last - first + 1);
}

void Transcript::set_verdict(TranscriptToken& token, const TokenOut& out) {
  token.known = true;
  token.logprob = out.logprob;
  token.entropy = out.entropy;
  token.rank = out.rank;
  token.rest_mass = out.rest_mass;
  token.top = out.top;
}

void Transcript::take(const TokenOut& out) {
  const auto found = lanes_.find(out.lane);
  if (found == lanes_.end()) return;
  TranscriptLane& lane = found->second;
  if (out.position < 0 || out.position > qint64(lane.tokens.size())) return;
  const bool is_new = out.position == qint64(lane.tokens.size());
  if (is_new) lane.tokens.push_back(plain_token(out.id));
  TranscriptToken& token = lane.tokens[size_t(out.position)];
  if (token.id != out.id) {  // the lane goes on differently from here
    token = plain_token(out.id);
    lane.tokens.resize(size_t(out.position) + 1);
  }
  token.prompt = out.prompt;
  token.text = out.text;
  set_verdict(token, out);
  token.step = out.step;
  token.sampled_probability = out.sampled_probability;
  token.elapsed_ms = out.elapsed_ms;
  token.stages = out.stages;
  Span& span = (is_new ? appended_ : changed_)[out.lane];
  if (span.first < 0) span.first = out.position;
  const qint64 last = std::max<qint64>(span.first + span.count, out.position + 1);
  span.first = std::min<qint64>(span.first, out.position);
  span.count = last - span.first;
}

void Transcript::on_events(std::span<const Event> events) {
  appended_.clear();
  changed_.clear();
  std::vector<LaneId> ended;
  for (const Event& event : events) {
    if (const auto* token = std::get_if<TokenOut>(&event.body)) {
      take(*token);
    } else if (const auto* prompt = std::get_if<PromptDone>(&event.body)) {
      if (const auto found = lanes_.find(prompt->lane); found != lanes_.end()) found->second.prompt_done = *prompt;
    } else if (const auto* answer = std::get_if<Answered>(&event.body)) {
      if (const auto found = lanes_.find(answer->lane); found != lanes_.end()) found->second.answered = *answer;
    } else if (std::holds_alternative<JobEnded>(event.body)) {
      for (auto& [id, lane] : lanes_)
        if (lane.running && lane.job == event.job) {
          lane.running = false;
          ended.push_back(id);
        }
    }
  }
  for (const auto& [id, span] : changed_) emit tokens_changed(id, span.first, span.count);
  for (const auto& [id, span] : appended_) emit tokens_appended(id, span.first, span.count);
  for (const LaneId id : ended) emit lane_ended(id);
}

}  // namespace vitrine
