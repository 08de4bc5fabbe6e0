// SPDX-License-Identifier: Apache-2.0
// Beam search for a lane: hypotheses are forks of the lane's cache; the lane itself is not changed.
#pragma once

#include <memory>

#include "engine/decode/cached_step_model.h"
#include "engine/run/lane.h"

namespace vitrine {

class BeamRun {
 public:
  /// The lane's cache holds its tokens but for the last one. Throws Error input on options that make no sense.
  BeamRun(const LoadedModel& loaded, const Lane& lane, const Generate& request);

  bool done() const noexcept { return done_; }
  int generated() const noexcept { return search_->generated(); }
  /// Lengthens every hypothesis by a token. Throws Error cancelled when stopped.
  void step(std::stop_token stop);
  /// When done: the complete hypotheses, best first, and the best one's tokens.
  BeamsOut told() const;
  std::span<const int32_t> answer() const;

 private:
  LaneId lane_;
  size_t prompt_;
  std::unique_ptr<CachedStepModel> model_;
  std::unique_ptr<BeamSearch> search_;
  std::vector<BeamResult> results_;
  bool done_ = false;
};

}  // namespace vitrine
