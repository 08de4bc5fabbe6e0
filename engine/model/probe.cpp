// SPDX-License-Identifier: Apache-2.0
#include "engine/model/probe.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/model/rope.h"

namespace vitrine {

ProbeHit to_hit(Backend& backend, const Captured& captured) {
  ProbeHit hit{captured.segment, captured.watch, captured.at, captured.positions, captured.values.shape(), backend.snapshot(captured.values)->f32(), {}, captured.gradient};
  if (captured.ids.defined()) hit.ids = backend.snapshot(captured.ids)->i32();
  return hit;
}

const ProbeHit* ProbeResult::find(Site site, int layer, int segment, int stack) const noexcept {
  for (const ProbeHit& hit : hits)
    if (hit.at.site == site && hit.at.layer == layer && hit.at.stack == stack && hit.segment == segment) return &hit;
  return nullptr;
}

/// [layer][slot].
static std::vector<std::vector<std::vector<float>>> states_of(const SeqState& state, Backend& backend) {
  std::vector<std::vector<std::vector<float>>> layers;
  for (size_t layer = 0; layer < state.pool().layer_count(); ++layer) {
    layers.emplace_back();
    for (size_t slot = 0; slot < state.recurrent()->shapes(int(layer)).size(); ++slot)
      layers.back().push_back(backend.snapshot(state.recurrent()->at(int(layer), int(slot)))->f32());
  }
  return layers;
}

static void append(Batch& batch, std::span<const int32_t> ids, SeqState* state, const TapPlan* plan) {
  batch.segments.push_back({state, batch.rows(), int(ids.size()), 0, plan});
  batch.ids.insert(batch.ids.end(), ids.begin(), ids.end());
}

ProbeBatch::ProbeBatch(const Model& model, std::span<const ProbeSequence> sequences, const TapPlan* plan) {
  const auto pool = state_bytes(model.spec()) > 0 || model.spec().has_encoder() ? model.make_pool(DType::f32) : nullptr;
  for (const ProbeSequence& sequence : sequences) {
    if (pool) states.push_back(std::make_unique<SeqState>(pool));
    batch.segments.push_back({pool ? states.back().get() : nullptr, batch.rows(), int(sequence.ids.size()), sequence.first_position, plan, sequence.left_padding});
    batch.ids.insert(batch.ids.end(), sequence.ids.begin(), sequence.ids.end());
    if (model.spec().has_encoder()) append(sources, sequence.source, states.back().get(), plan);
    batch.token_types.insert(batch.token_types.end(), sequence.token_types.begin(), sequence.token_types.end());
  }
}

ProbeResult run_sequences(const Model& model, std::span<const ProbeSequence> sequences, Precision precision, const std::vector<Watch>& watches,
                          bool all_logits, int64_t frequency_length) {
  ProbeResult result;
  const auto plan = watches.empty() ? nullptr : TapPlan::compile(model.sites(), watches);
  ProbeBatch input(model, sequences, plan.get());
  Batch& batch = input.batch;
  const std::vector<std::unique_ptr<SeqState>>& states = input.states;
  batch.frequency_length = frequency_length;
  if (all_logits) {
    batch.logit_rows.resize(batch.ids.size());
    std::iota(batch.logit_rows.begin(), batch.logit_rows.end(), 0);
  }
  Backend& backend = *model.backend();
  Exec ex(backend, precision, {}, [&](Captured captured) { result.hits.push_back(to_hit(backend, captured)); });
  if (model.spec().has_encoder()) result.source_hidden = backend.snapshot(model.encode(ex, input.sources).hidden)->f32();
  const Output out = model.forward(ex, batch);
  result.hidden = backend.snapshot(out.hidden)->f32();
  for (size_t i = 0; i < states.size(); ++i) {
    states[i]->commit(batch.segments[i].rows);
    if (states[i]->recurrent()) result.states.push_back(states_of(*states[i], backend));
  }
  if (out.logits.defined()) result.logits = backend.snapshot(out.logits)->f32();
  if (out.pooled.defined()) result.pooled = backend.snapshot(out.pooled)->f32();
  return result;
}

ProbeLane::ProbeLane(std::shared_ptr<const Model> model, Precision precision, DType cache)
    : model_(std::move(model)), precision_(precision), pool_(model_->make_pool(cache)), state_(std::make_unique<SeqState>(pool_)) {}

void ProbeLane::encode(std::span<const int32_t> source) {
  const auto plan = watches.empty() ? nullptr : TapPlan::compile(model_->sites(), watches);
  Batch batch;
  append(batch, source, state_.get(), plan.get());
  Exec ex(*model_->backend(), precision_, {}, [&](Captured captured) { hits.push_back(to_hit(*model_->backend(), captured)); });
  model_->encode(ex, batch);
}

std::vector<float> ProbeLane::feed(std::span<const int32_t> ids, bool all_logits) {
  const auto plan = watches.empty() ? nullptr : TapPlan::compile(model_->sites(), watches);
  fed_.resize(size_t(state_->length()));  // a lane may have been cut
  fed_.insert(fed_.end(), ids.begin(), ids.end());
  if (outgrows_cache(model_->spec().ropes, state_->length(), int64_t(fed_.size()))) state_->truncate(0);
  Batch batch;
  batch.ids.assign(fed_.begin() + state_->length(), fed_.end());
  const int32_t rows = batch.rows();
  batch.segments.push_back({state_.get(), 0, rows, state_->length(), plan.get()});
  batch.logit_rows.resize(all_logits ? ids.size() : 1);
  std::iota(batch.logit_rows.begin(), batch.logit_rows.end(), rows - int32_t(batch.logit_rows.size()));
  Backend& backend = *model_->backend();
  Exec ex(backend, precision_, {}, [&](Captured captured) { hits.push_back(to_hit(backend, captured)); });
  const Output out = model_->forward(ex, batch);
  state_->commit(rows);
  return out.logits.defined() ? backend.snapshot(out.logits)->f32() : std::vector<float>();
}

int32_t argmax(std::span<const float> values) noexcept { return int32_t(std::max_element(values.begin(), values.end()) - values.begin()); }

double negative_log_likelihood(std::span<const float> logits, int32_t id) noexcept {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (float logit : logits) sum += std::exp(double(logit) - largest);
  return largest + std::log(sum) - double(logits[size_t(id)]);
}

}  // namespace vitrine
