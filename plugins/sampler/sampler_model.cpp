// SPDX-License-Identifier: Apache-2.0
// Editing the chain, and the numbers of the picture. Texts are in sampler_texts.cpp.
#include "plugins/sampler/sampler_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "plugins/sampler/stage_words.h"

namespace vitrine {

namespace {

StageSpec fresh_stage(std::string_view name) {
  StageSpec stage{.name = std::string(name)};
  if (const StageInfo* info = stage_info(name))
    for (const StageParameter& p : info->parameters) stage.parameters.emplace_back(std::string(p.name), p.fallback);
  return stage;
}

double entropy_of(const std::vector<Distribution::Entry>& entries) {
  double sum = 0;
  for (const auto& e : entries)
    if (e.probability > 0) sum -= e.probability * std::log(e.probability);
  return sum;
}

}  // namespace

void SamplerModel::set_base(const SamplerSpec& base) {
  base_ = base;
  seed_ = base.seed;
  rows_.clear();
  for (size_t i = 0; i < base_.stages.size(); ++i) rows_.push_back({base_.stages[i], int(i)});
}

SamplerSpec SamplerModel::spec() const {
  SamplerSpec spec{.stages = {}, .seed = seed_};
  for (const StageRowState& row : rows_) spec.stages.push_back(row.stage);
  return spec;
}

void SamplerModel::set_spec(const SamplerSpec& spec) {
  std::vector<bool> used(base_.stages.size(), false);
  rows_.clear();
  for (const StageSpec& stage : spec.stages) {
    int origin = -1;
    for (size_t i = 0; i < base_.stages.size() && origin < 0; ++i)
      if (!used[i] && base_.stages[i].name == stage.name) origin = int(i);
    if (origin >= 0) used[size_t(origin)] = true;
    rows_.push_back({stage, origin});
  }
  seed_ = spec.seed;
}

void SamplerModel::add(std::string_view name) { rows_.push_back({fresh_stage(name), -1}); }

void SamplerModel::remove(int row) {
  if (row >= 0 && row < int(rows_.size())) rows_.erase(rows_.begin() + row);
}

void SamplerModel::move(int from, int to) {
  const int count = int(rows_.size());
  if (from < 0 || from >= count || to < 0 || to >= count || from == to) return;
  const auto first = rows_.begin();
  if (from < to)
    std::rotate(first + from, first + from + 1, first + to + 1);
  else
    std::rotate(first + to, first + from, first + from + 1);
}

void SamplerModel::enable(int row, bool on) { rows_.at(size_t(row)).stage.enabled = on; }

void SamplerModel::set_parameter(int row, std::string_view name, double value) {
  StageSpec& stage = rows_.at(size_t(row)).stage;
  for (auto& [key, held] : stage.parameters)
    if (key == name) {
      held = value;
      return;
    }
  stage.parameters.emplace_back(std::string(name), value);
}

void SamplerModel::set_stage(int row, const StageSpec& stage) { rows_.at(size_t(row)).stage = stage; }

void SamplerModel::reset_row(int row) {
  const StageSpec* origin = origin_of(row);
  StageSpec& stage = rows_.at(size_t(row)).stage;
  stage = origin ? *origin : fresh_stage(stage.name);
}

void SamplerModel::ban(int32_t id) {
  auto at = std::find_if(rows_.begin(), rows_.end(), [](const auto& r) { return r.stage.name == "logit_bias"; });
  if (at == rows_.end()) at = rows_.insert(rows_.begin(), {fresh_stage("logit_bias"), -1});
  std::erase_if(at->stage.bias, [id](const auto& b) { return b.first == id; });
  at->stage.bias.emplace_back(id, -std::numeric_limits<float>::infinity());
  at->stage.enabled = true;
}

const StageSpec* SamplerModel::origin_of(int row) const {
  const int origin = rows_.at(size_t(row)).origin;
  return origin >= 0 && origin < int(base_.stages.size()) ? &base_.stages[size_t(origin)] : nullptr;
}

double SamplerModel::value(int row, const StageParameter& parameter) const {
  return rows_.at(size_t(row)).stage.parameter(parameter.name, parameter.fallback);
}

std::optional<double> SamplerModel::recorded(int row, const StageParameter& parameter) const {
  const StageSpec* origin = origin_of(row);
  if (!origin) return std::nullopt;
  return origin->parameter(parameter.name, parameter.fallback);
}

void SamplerModel::set_target(std::optional<SamplerTarget> target) {
  const bool same = target && target_ && target->lane == target_->lane && target->position == target_->position &&
                    target->token.id == target_->token.id;
  target_ = std::move(target);
  if (same) return;
  logits_.clear();
  removers_.clear();
}

void SamplerModel::drop_results() {
  result_.reset();
  logits_.clear();
  removers_.clear();
  by_hand_.clear();
}

void SamplerModel::take(const ResampleOut& out, const SamplerSpec& asked) {
  // One token of an answer that was judged already: only what is shown of that token is new.
  const bool part = result_ && asked == asked_ && result_->lane == out.lane && out.steps.size() < result_->steps.size();
  std::vector<Rejudged> verdicts = part ? std::move(result_->steps) : out.steps;
  result_ = out;
  result_->steps = std::move(verdicts);
  asked_ = asked;
  if (asked == base_ && !part) {
    by_hand_.clear();
    for (const Rejudged& r : out.steps)
      if (r.was != r.now) by_hand_.insert(r.step);
  }
  find_removers();
}

void SamplerModel::take_logits(qint64 position, std::vector<float> logits) {
  if (!target_ || target_->position != position) return;
  logits_ = std::move(logits);
  find_removers();
}

bool SamplerModel::up_to_date() const {
  return target_ && result_ && result_->lane == target_->lane && result_->trace_step == int(target_->step) &&
         asked_ == spec();
}

bool SamplerModel::judged_all() const {
  return target_ && result_ && result_->lane == target_->lane && qint64(result_->steps.size()) == target_->answer_tokens && asked_ == spec();
}

/// Runs the chain up to each stage that removed something and looks which of the likely tokens are gone after it.
void SamplerModel::find_removers() {
  removers_.clear();
  if (!result_ || !target_ || logits_.empty() || result_->trace_step != int(target_->step)) return;
  const DecodeView view{target_->history, int(target_->prompt_tokens), target_->step, {}};
  std::set<int32_t> alive;
  for (const TokenAlternative& token : result_->before) alive.insert(token.id);
  for (const auto& e : result_->after.entries) alive.erase(e.id);
  for (const StageTrace& trace : result_->stages) {
    if (trace.kept == trace.entered || alive.empty()) continue;
    SamplerSpec prefix = asked_;
    prefix.stages.resize(size_t(trace.stage) + 1);
    try {
      const std::vector<float> row = SamplerChain(prefix).process(logits_, view);
      for (auto id = alive.begin(); id != alive.end();) {
        const bool gone = *id >= 0 && size_t(*id) < row.size() && std::isinf(row[size_t(*id)]);
        if (gone) removers_.emplace_back(*id, trace.stage);
        id = gone ? alive.erase(id) : std::next(id);
      }
    } catch (const Error&) {
      return;  // the picture then says "removed" without naming the stage
    }
  }
}

const std::vector<StageTrace>* SamplerModel::traces() const {
  if (!target_) return nullptr;
  if (result_ && result_->lane == target_->lane && result_->trace_step == int(target_->step)) {
    if (asked_.stages.size() != rows_.size()) return nullptr;
    for (size_t i = 0; i < rows_.size(); ++i)
      if (asked_.stages[i].name != rows_[i].stage.name) return nullptr;
    return &result_->stages;
  }
  return changed() || target_->token.stages.empty() ? nullptr : &target_->token.stages;
}

int32_t SamplerModel::start_candidates() const {
  const auto* list = traces();
  return list && !list->empty() ? list->front().entered : vocabulary_;
}

std::vector<FunnelStep> SamplerModel::funnel() const {
  std::vector<FunnelStep> steps(rows_.size());
  const auto* list = traces();
  int32_t count = start_candidates();
  double left = 1;
  for (size_t i = 0; i < rows_.size(); ++i) {
    FunnelStep& step = steps[i];
    step.enabled = rows_[i].stage.enabled;
    step.entered = step.kept = count;
    step.known = list != nullptr;
    if (list) {
      const auto at = std::find_if(list->begin(), list->end(), [i](const StageTrace& t) { return t.stage == int(i); });
      if (at != list->end()) {
        step.entered = at->entered;
        step.kept = count = at->kept;
        step.removed = at->removed_mass;
        step.entropy_before = at->entropy_before;
        step.entropy_after = at->entropy_after;
        left *= 1 - at->removed_mass;
      } else {
        step.enabled = false;
      }
    }
    step.left = left;
  }
  return steps;
}

std::vector<CandidateLine> SamplerModel::candidates(int most) const {
  std::vector<CandidateLine> lines;
  if (!target_) return lines;
  const bool judged = result_ && result_->lane == target_->lane && result_->trace_step == int(target_->step);
  const DrawnToken drawn = draw();
  const auto& before = judged ? result_->before : target_->token.top;
  for (const TokenAlternative& token : before) {
    CandidateLine line{.id = token.id, .before = std::exp(double(token.logprob))};
    line.drawn = token.id == drawn.now;
    if (judged) {
      const auto& entries = result_->after.entries;
      const auto at = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.id == token.id; });
      line.removed = at == entries.end();
      if (!line.removed) line.after = at->probability;
      for (const auto& [id, row] : removers_)
        if (id == token.id) line.removed_by = row;
    } else if (token.id == target_->token.id) {
      line.after = target_->token.sampled_probability;
    }
    lines.push_back(line);
  }
  const size_t room = size_t(std::max(most, 1));
  for (size_t i = room; i < lines.size(); ++i)
    if (lines[i].drawn) std::swap(lines[room - 1], lines[i]);
  if (lines.size() > room) lines.resize(room);
  return lines;
}

DrawnToken SamplerModel::draw() const {
  DrawnToken drawn;
  if (!target_) return drawn;
  drawn.was = drawn.now = target_->token.id;
  if (!result_ || result_->lane != target_->lane || result_->trace_step != int(target_->step)) return drawn;
  drawn.known = true;
  drawn.u = result_->u;
  for (const Rejudged& r : result_->steps)
    if (r.step == target_->step) drawn.now = r.now;
  const auto& entries = result_->after.entries;
  drawn.entries.assign(entries.begin(), entries.begin() + std::min<ptrdiff_t>(ptrdiff_t(entries.size()), 2000));
  return drawn;
}

double SamplerModel::entropy_before() const {
  const auto* list = traces();
  if (list && !list->empty()) return list->front().entropy_before;
  return target_ ? double(target_->token.entropy) : 0;
}

double SamplerModel::entropy_after() const {
  const auto* list = traces();
  if (list && !list->empty()) return list->back().entropy_after;
  return result_ ? entropy_of(result_->after.entries) : entropy_before();
}

std::vector<TokenMark> SamplerModel::marks() const {
  std::vector<TokenMark> marks;
  if (!result_ || !target_ || result_->lane != target_->lane || !changed()) return marks;
  for (size_t i = 0; i < result_->steps.size(); ++i) {
    const Rejudged& r = result_->steps[i];
    if (r.was == r.now || by_hand_.count(r.step)) continue;
    marks.push_back({target_->prompt_tokens + qint64(i), r.now, r.probability_was, r.probability_now});
  }
  return marks;
}

}  // namespace vitrine
