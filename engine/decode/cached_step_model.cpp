// SPDX-License-Identifier: Apache-2.0
#include "engine/decode/cached_step_model.h"

#include "engine/core/check.h"
#include "engine/model/rope.h"

namespace vitrine {

CachedStepModel::CachedStepModel(std::shared_ptr<const Model> model, Precision precision, DType cache)
    : model_(std::move(model)), precision_(precision), start_(std::make_unique<SeqState>(model_->make_pool(cache))) {}

CachedStepModel::CachedStepModel(std::shared_ptr<const Model> model, Precision precision, std::unique_ptr<SeqState> start)
    : model_(std::move(model)), precision_(precision), start_(std::move(start)) {}

void CachedStepModel::encode(std::span<const int32_t> source) {
  Batch batch;
  batch.ids.assign(source.begin(), source.end());
  batch.segments.push_back({start_.get(), 0, batch.rows(), 0});
  Exec ex(*model_->backend(), precision_);
  model_->encode(ex, batch);
}

std::vector<std::vector<float>> CachedStepModel::step(std::span<const Hypothesis> hypotheses) {
  std::vector<std::unique_ptr<SeqState>> states;
  Batch batch;
  for (const Hypothesis& h : hypotheses) {
    VT_CHECK(states_.empty() || size_t(h.parent) < states_.size(), "hypothesis of parent ", h.parent);
    states.push_back((states_.empty() ? start_ : states_[size_t(h.parent)])->fork());
    if (outgrows_cache(model_->spec().ropes, states.back()->length(), int64_t(h.tokens.size()))) states.back()->truncate(0);
    const int64_t cached = states.back()->length();
    VT_CHECK(cached < int64_t(h.tokens.size()), "a hypothesis has to be longer than its parent");
    batch.segments.push_back({states.back().get(), batch.rows(), int(int64_t(h.tokens.size()) - cached), cached});
    batch.ids.insert(batch.ids.end(), h.tokens.begin() + cached, h.tokens.end());
    batch.logit_rows.push_back(batch.rows() - 1);
  }
  Exec ex(*model_->backend(), precision_);
  const Output out = model_->forward(ex, batch);
  for (size_t i = 0; i < states.size(); ++i) states[i]->commit(batch.segments[i].rows);
  states_ = std::move(states);
  const std::vector<float> logits = model_->backend()->snapshot(out.logits)->f32();  // [hypotheses, vocab]
  std::vector<std::vector<float>> rows;
  const size_t vocab = logits.size() / hypotheses.size();
  for (size_t i = 0; i < hypotheses.size(); ++i)
    rows.emplace_back(logits.begin() + std::ptrdiff_t(i * vocab), logits.begin() + std::ptrdiff_t((i + 1) * vocab));
  return rows;
}

}  // namespace vitrine
