// SPDX-License-Identifier: Apache-2.0
// The chain: checks a specification against the registered stages, runs them in order, draws.
#include "engine/decode/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/core/text.h"
#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

using Definitions = std::vector<const StageDefinition*>;

const Definitions& definitions() {
  static const Definitions all{
#define VT_STAGE(name) &name##_stage(),
#include "engine/decode/stages.def"
#undef VT_STAGE
  };
  return all;
}

[[noreturn]] void reject(const std::string& stage, const std::string& what, const std::string& hint = {}) {
  throw Error(ErrorKind::input, what, hint, cat("sampler stage ", stage));
}

const StageDefinition& definition_of(const StageSpec& spec) {
  for (const StageDefinition* d : definitions())
    if (d->info.name == spec.name) return *d;
  std::string names;
  for (const StageDefinition* d : definitions()) names += cat(names.empty() ? "" : ", ", d->info.name);
  reject(spec.name, "there is no such stage", cat("one of ", names));
}

void check_parameter(const StageSpec& spec, const StageInfo& info, const std::string& key, double value) {
  const auto at =
      std::find_if(info.parameters.begin(), info.parameters.end(), [&](const auto& p) { return p.name == key; });
  if (at == info.parameters.end()) {
    std::string names;
    for (const StageParameter& p : info.parameters) names += cat(names.empty() ? "" : ", ", p.name);
    reject(spec.name, cat("unknown parameter ", key), names.empty() ? "it takes none" : cat("it takes ", names));
  }
  const bool whole = !at->integer || value == std::floor(value);
  if (value >= at->lowest && value <= at->highest && whole) return;  // false for NaN
  reject(spec.name, cat("parameter ", key, " is ", value, ", allowed is ", at->integer ? "a whole number " : "",
                        "from ", at->lowest, " to ", at->integer ? cat(int64_t(at->highest)) : cat(at->highest)));
}

void check(const StageSpec& spec, const StageInfo& info) {
  for (const auto& [key, value] : spec.parameters) check_parameter(spec, info, key, value);
  for (size_t i = 0; i < spec.parameters.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (spec.parameters[i].first == spec.parameters[j].first)
        reject(spec.name, cat("parameter ", spec.parameters[i].first, " is given twice"));
  if (!spec.bias.empty() && spec.name != "logit_bias") reject(spec.name, "takes no bias", "use the stage logit_bias");
  if (!spec.sequences.empty() && spec.name != "bad_words")
    reject(spec.name, "takes no sequences", "use the stage bad_words");
  for (const auto& [id, value] : spec.bias)
    if (id < 0 || std::isnan(value) || value == std::numeric_limits<float>::infinity())
      reject(spec.name, cat("bias ", value, " of token ", id, " is not allowed"),
             "a token id and a finite number or -inf");
  for (const auto& sequence : spec.sequences)
    if (sequence.empty() || *std::min_element(sequence.begin(), sequence.end()) < 0)
      reject(spec.name, "an empty sequence or a negative token id is not allowed");
}

/// ln of the sum of e^logit over the final candidates; exact to double where the list is short.
double final_log_sum(Candidates& candidates) {
  if (candidates.logits().size() > 4096) return candidates.log_sum_exp();
  double sum = 0;
  const double largest = candidates.largest();
  for (const float logit : candidates.logits()) sum += std::exp(double(logit) - largest);
  return largest + std::log(sum);
}

}  // namespace

SamplerChain::SamplerChain(const SamplerSpec& spec) : spec_(spec) {
  for (size_t i = 0; i < spec_.stages.size(); ++i) {
    const StageDefinition& definition = definition_of(spec_.stages[i]);
    check(spec_.stages[i], definition.info);
    if (spec_.stages[i].enabled)
      stages_.emplace_back(int(i), definition.make(StageArguments(definition.info, spec_.stages[i])));
  }
}

SamplerChain::~SamplerChain() = default;
SamplerChain::SamplerChain(SamplerChain&&) noexcept = default;
SamplerChain& SamplerChain::operator=(SamplerChain&&) noexcept = default;

void SamplerChain::run(Candidates& candidates, const DecodeView& view, std::vector<StageTrace>* trace) const {
  candidates.measure_removal(trace != nullptr);
  for (const auto& [index, stage] : stages_) {
    StageTrace t{.stage = index, .entered = int32_t(candidates.size())};
    if (trace) t.entropy_before = candidates.entropy();
    stage->apply(candidates, view);
    if (!trace) continue;
    t.kept = int32_t(candidates.size());
    t.removed_mass = candidates.take_removed_mass();
    t.entropy_after = candidates.entropy();
    trace->push_back(t);
  }
}

Distribution SamplerChain::shape(std::span<const float> logits, const DecodeView& view,
                                 std::vector<StageTrace>* trace) const {
  const LogitRow row(logits);
  Candidates candidates(row);
  run(candidates, view, trace);
  const double log_sum = final_log_sum(candidates);
  Distribution distribution;
  distribution.entries.reserve(size_t(candidates.size()));
  for (const int32_t slot : candidates.top(candidates.size()))
    distribution.entries.push_back(
        {candidates.id(slot), std::exp(double(candidates.logits()[size_t(slot)]) - log_sum)});
  return distribution;
}

int32_t SamplerChain::draw(const Distribution& distribution, uint64_t seed, uint64_t step) {
  const double u = uniform(seed, step);
  double below = 0;
  for (const Distribution::Entry& entry : distribution.entries)
    if (u < (below += entry.probability)) return entry.id;
  if (distribution.entries.empty()) throw Error(ErrorKind::input, "no token to draw from", "", "sampler");
  return distribution.entries.back().id;  // the sum rounded to less than u
}

Choice SamplerChain::choose(std::span<const float> logits, const DecodeView& view,
                            std::vector<StageTrace>* trace) const {
  const LogitRow row(logits);
  Candidates candidates(row);
  run(candidates, view, trace);
  const double log_sum = final_log_sum(candidates), u = uniform(spec_.seed, view.step);
  for (int64_t n = 64;; n *= 8) {  // the draw nearly always ends among the first few
    const std::vector<int32_t> order = candidates.top(n);
    double below = 0, probability = 0;
    for (const int32_t slot : order) {
      probability = std::exp(double(candidates.logits()[size_t(slot)]) - log_sum);
      if (u < (below += probability)) return {candidates.id(slot), probability, u};
    }
    if (int64_t(order.size()) == candidates.size()) return {candidates.id(order.back()), probability, u};
  }
}

int32_t SamplerChain::pick(std::span<const float> logits, const DecodeView& view,
                           std::vector<StageTrace>* trace) const {
  return choose(logits, view, trace).id;
}

std::vector<float> SamplerChain::process(std::span<const float> logits, const DecodeView& view) const {
  const LogitRow row(logits);
  Candidates candidates(row);
  run(candidates, view, nullptr);
  std::vector<float> processed(logits.size(), -std::numeric_limits<float>::infinity());
  for (int64_t slot = 0; slot < int64_t(candidates.logits().size()); ++slot)
    processed[size_t(candidates.id(slot))] = candidates.logits()[size_t(slot)];
  return processed;
}

SamplerSpec without_drawing(const SamplerSpec& spec) {
  SamplerSpec kept = spec;
  std::erase_if(kept.stages, [](const StageSpec& stage) { return definition_of(stage).info.draws; });
  return kept;
}

std::span<const StageInfo> sampler_stages() {
  static const std::vector<StageInfo> infos = [] {
    std::vector<StageInfo> list;
    for (const StageDefinition* d : definitions()) list.push_back(d->info);
    return list;
  }();
  return infos;
}

}  // namespace vitrine
