// SPDX-License-Identifier: Apache-2.0
// Candidates: copy on write, block maxima kept in step with every change.
#include "engine/decode/candidates.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/decode/row_passes.h"

namespace vitrine {

static constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

Candidates::Candidates(const LogitRow& row)
    : logits_(row.logits()),
      block_max_(row.block_max().begin(), row.block_max().end()),
      live_(row.finite()),
      largest_(row.largest()) {}

std::optional<int64_t> Candidates::find(int32_t id) const noexcept {
  int64_t slot = id;
  if (!ids_.empty()) {
    const auto at = std::lower_bound(ids_.begin(), ids_.end(), id);
    if (at == ids_.end() || *at != id) return std::nullopt;
    slot = at - ids_.begin();
  }
  if (slot < 0 || slot >= int64_t(logits_.size()) || logits_[size_t(slot)] == kMinusInfinity) return std::nullopt;
  return slot;
}

double Candidates::log_sum_exp() {
  if (!sums_) {
    const SoftmaxSums s = softmax_sums(logits_, largest_);
    const double log_sum = std::log(s.sum);
    sums_ = {double(largest_) + log_sum, std::max(0.0, log_sum - s.weighted / s.sum)};
  }
  return sums_->first;
}

double Candidates::entropy() {
  log_sum_exp();
  return sums_->second;
}

void Candidates::own() {
  if (is_owned_) return;
  owned_.values().assign(logits_.begin(), logits_.end());
  logits_ = owned_.values();
  is_owned_ = true;
}

void Candidates::changed() noexcept {
  largest_ = *std::max_element(block_max_.begin(), block_max_.end());
  sums_.reset();
}

double Candidates::mass_of(const std::vector<int32_t>& slots) {
  const double total = log_sum_exp();
  double mass = 0;
  for (const int32_t slot : slots) mass += std::exp(double(logits_[size_t(slot)]) - total);
  return mass;
}

double Candidates::take_removed_mass() noexcept { return std::clamp(std::exchange(removed_mass_, 0.0), 0.0, 1.0); }

void Candidates::keep_at_least(float threshold) {
  threshold = std::min(threshold, largest_);
  std::vector<int32_t> slots;
  for (size_t b = 0; b < block_max_.size(); ++b) {
    if (block_max_[b] < threshold || block_max_[b] == kMinusInfinity) continue;
    const size_t end = std::min(logits_.size(), (b + 1) * size_t(kRowBlock));
    for (size_t i = b * size_t(kRowBlock); i < end; ++i)
      if (logits_[i] >= threshold && logits_[i] > kMinusInfinity) slots.push_back(int32_t(i));
  }
  keep(std::move(slots));
}

void Candidates::keep(std::vector<int32_t> slots) {
  if (slots.empty() || int64_t(slots.size()) == live_) return;
  const double before = measuring_ ? log_sum_exp() : 0;
  std::sort(slots.begin(), slots.end());
  std::vector<float> logits(slots.size());
  std::vector<int32_t> ids(slots.size());
  for (size_t i = 0; i < slots.size(); ++i) {
    logits[i] = logits_[size_t(slots[i])];
    ids[i] = id(slots[i]);
  }
  owned_.values().assign(logits.begin(), logits.end());
  is_owned_ = true;
  ids_ = std::move(ids);
  logits_ = owned_.values();
  live_ = int64_t(logits_.size());
  block_max_.resize(size_t(row_blocks(live_)));
  scan_row(logits_, block_max_);
  changed();
  if (measuring_) removed_mass_ += 1 - std::exp(log_sum_exp() - before);
}

void Candidates::remove(const std::vector<int32_t>& slots) {
  if (slots.empty() || int64_t(slots.size()) >= live_) return;
  if (measuring_) removed_mass_ += mass_of(slots);
  own();
  for (const int32_t slot : slots) owned_.values()[size_t(slot)] = kMinusInfinity;
  live_ -= int64_t(slots.size());
  scan_row(logits_, block_max_);
  changed();
}

void Candidates::set_logit(int64_t slot, float logit) {
  own();
  constexpr float kMost = std::numeric_limits<float>::max();
  std::vector<float>& values = owned_.values();
  const float old = values[size_t(slot)];
  values[size_t(slot)] = logit = std::isnan(logit) ? old : std::clamp(logit, -kMost, kMost);
  const size_t block = size_t(slot / kRowBlock);
  if (logit >= block_max_[block]) {
    block_max_[block] = logit;
  } else if (old == block_max_[block]) {
    const size_t end = std::min(values.size(), (block + 1) * size_t(kRowBlock));
    block_max_[block] = *std::max_element(values.begin() + std::ptrdiff_t(block * size_t(kRowBlock)),
                                          values.begin() + std::ptrdiff_t(end));
  }
  if (logit > largest_)
    largest_ = logit;
  else if (old == largest_)
    largest_ = *std::max_element(block_max_.begin(), block_max_.end());
  sums_.reset();
}

void Candidates::divide(float temperature) {
  constexpr float kMost = std::numeric_limits<float>::max();
  const auto divided = [=](float x) {
    const float y = x / temperature;
    return x == kMinusInfinity ? x : std::min(std::max(y, -kMost), kMost);
  };
  own();
  for (float& x : owned_.values()) x = divided(x);
  for (float& x : block_max_) x = divided(x);  // division is monotone, so maxima stay maxima
  changed();
}

}  // namespace vitrine
