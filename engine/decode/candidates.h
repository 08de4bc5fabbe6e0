// SPDX-License-Identifier: Apache-2.0
// The tokens that can still be chosen in one step. While all are in, it is the model's row itself, copied only when a
// stage changes a logit; once a stage keeps few, it is a short list in id order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/decode/logit_row.h"
#include "engine/decode/row_buffer.h"

namespace vitrine {

class Candidates {
 public:
  /// Borrows `row`, which must outlive it.
  explicit Candidates(const LogitRow& row);

  /// How many can still be chosen; at least 1 at all times.
  int64_t size() const noexcept { return live_; }
  /// Slots hold the candidates in id order; a slot with -inf was removed.
  std::span<const float> logits() const noexcept { return logits_; }
  int32_t id(int64_t slot) const noexcept { return ids_.empty() ? int32_t(slot) : ids_[size_t(slot)]; }
  /// The slot of a token that can still be chosen.
  std::optional<int64_t> find(int32_t id) const noexcept;

  float largest() const noexcept { return largest_; }
  /// ln of the sum of e^logit.
  double log_sum_exp();
  double entropy();  // nats
  /// Slots of the n most probable, in order; the lower id first among equals.
  std::vector<int32_t> top(int64_t n) const { return largest_indices(logits_, block_max_, n); }

  // Removal. None of them leaves the list empty: what would do so removes nothing. A stage removes before it reshapes.
  void keep_at_least(float threshold);             // logit >= min(threshold, largest())
  void keep(std::vector<int32_t> slots);           // in any order, each once
  void remove(const std::vector<int32_t>& slots);  // each once

  // Reshaping; values stay finite (clamped to the finite floats).
  void set_logit(int64_t slot, float logit);
  void divide(float temperature);  // > 0

  /// Probability removed since the last call, under the logits at the time of removal; measured only when asked for.
  void measure_removal(bool on) noexcept { measuring_ = on; }
  double take_removed_mass() noexcept;

 private:
  void own();
  void changed() noexcept;
  double mass_of(const std::vector<int32_t>& slots);

  std::span<const float> logits_;  // the model's row or a copy in owned_
  RowBuffer owned_;
  bool is_owned_ = false;
  std::vector<int32_t> ids_;  // empty: slot == id
  std::vector<float> block_max_;
  int64_t live_ = 0;
  float largest_ = 0;
  std::optional<std::pair<double, double>> sums_;  // log-sum-exp and entropy, until something changes
  bool measuring_ = false;
  double removed_mass_ = 0;
};

}  // namespace vitrine
