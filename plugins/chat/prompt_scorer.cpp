// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/prompt_scorer.h"

#include <algorithm>

namespace vitrine {

static constexpr LaneId kScoringLane = 0xFFFF0000;  // no answer's: the answers count from 1

PromptScorer::PromptScorer(PanelContext& context, QObject* parent) : QObject(parent), context_(context) {}

bool PromptScorer::can_score(LaneId id) const {
  const TranscriptLane* lane = context_.transcript.lane(id);
  if (!lane || !context_.workspace.model() || lane->prompt_tokens < 2) return false;
  // The first token has no prefix: there is nothing to hold of it.
  return std::any_of(lane->tokens.begin() + 1, lane->tokens.begin() + lane->prompt_tokens, [](const TranscriptToken& token) { return !token.known; });
}

void PromptScorer::start(LaneId id) {
  if (running() || !can_score(id)) return;
  const TranscriptLane& lane = *context_.transcript.lane(id);
  Generate request;
  request.lane = kScoringLane;
  for (qint64 i = 0; i < lane.prompt_tokens; ++i) request.tokens.push_back(lane.tokens[size_t(i)].id);
  request.precision = lane.request.precision;
  request.score_prompt = true;
  request.capture = false;
  request.max_tokens = 1;
  lane_ = id;
  line_ = context_.workspace.begin_job(tr("Scoring the prompt"), [this] { stop(); });
  job_ = context_.engine.submit(std::move(request));
  emit changed();
}

void PromptScorer::stop() {
  if (running()) context_.engine.cancel(job_);
}

void PromptScorer::on_events(std::span<const Event> events) {
  if (!running()) return;
  std::vector<TokenOut> judged;
  bool ended = false;
  for (const Event& event : events) {
    if (event.job != job_) continue;
    if (const auto* token = std::get_if<TokenOut>(&event.body); token && token->prompt) judged.push_back(*token);
    if (const auto* progress = std::get_if<Progress>(&event.body)) context_.workspace.update_job(line_, progress->done, progress->total);
    ended = ended || std::holds_alternative<JobEnded>(event.body);
  }
  if (!judged.empty()) {
    context_.transcript.judge(lane_, judged);
    emit scored(lane_, judged);
  }
  if (ended) end();
}

void PromptScorer::end() {
  if (!running()) return;
  context_.workspace.end_job(line_);
  context_.engine.submit(DropLane{kScoringLane});
  job_ = 0;
  emit changed();
}

}  // namespace vitrine
