// SPDX-License-Identifier: Apache-2.0
// One Generate job, advanced step by step so that several lanes take turns token by token.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "engine/run/beam_run.h"
#include "engine/run/lane.h"

namespace vitrine {

class Generation {
 public:
  using Publish = std::function<void(EventBody)>;

  /// `fork_of` may be null. Truncates or forks the lane to the longest prefix it shares with the request.
  Generation(LoadedModel& loaded, Lane& lane, const Lane* fork_of, const Generate& request, Publish publish);

  /// A chunk of the prompt, or one token. False: the answer is complete.
  bool step(std::stop_token stop);
  /// Publishes Answered with what there is.
  void finish(StopReason reason);

 private:
  using Clock = std::chrono::steady_clock;

  void check() const;
  void adopt_prefix(const Lane* fork_of);
  void encode(std::stop_token stop);
  void prefill(std::stop_token stop);
  bool search(std::stop_token stop);
  void score_prompt_rows(int64_t from, const std::vector<float>& logits);
  void emit(std::span<const float> logits, std::stop_token stop);
  void tell(std::span<const float> logits, const Choice& choice, TokenOut out);
  Choice choose(std::span<const float> logits, const DecodeView& view, std::vector<StageTrace>& stages, std::stop_token stop) const;
  Output run(std::span<const int32_t> ids, std::vector<int32_t> logit_rows, std::stop_token stop);
  Output run_rows(std::span<const int32_t> ids, std::vector<int32_t> logit_rows, int64_t length, std::stop_token stop);
  void compute_anew(int64_t length, std::stop_token stop);
  Exec::Sink tap_sink();
  void keep_normed(int64_t position, const Tensor& normed, int64_t row);
  bool within_budget() const;
  std::string release(const std::string& text, bool& stopped);
  double elapsed_ms() const;

  LoadedModel& loaded_;
  Lane& lane_;
  Generate request_;
  Publish publish_;
  SamplerChain chain_;
  std::shared_ptr<const Model> model_;       // the open one, or the variant asked for
  std::shared_ptr<const TapPlan> plan_;
  std::optional<StreamDecoder> decoder_;
  std::optional<BeamRun> beams_;
  Clock::time_point begin_ = Clock::now(), first_token_, last_token_;
  int64_t reused_ = 0, generated_ = 0;
  double prompt_ms_ = 0;
  int64_t source_read_ = 0;                  // tokens of the source that were read for this answer
  bool encoded_ = false, prompt_done_ = false, done_ = false;
  std::string pending_;                      // text that may be the beginning of a stop string
};

}  // namespace vitrine
