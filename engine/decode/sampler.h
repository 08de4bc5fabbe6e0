// SPDX-License-Identifier: Apache-2.0
// The sampler chain: stages narrow and reshape the candidates of one step, each reporting what it removed; one random
// number draws. Stages are pure functions of logits, history and their parameters, so a past answer can be judged again
// under other settings.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/api.h"
#include "engine/decode/sampler_spec.h"

namespace vitrine {

/// What a stage may look at besides the candidates.
struct DecodeView {
  std::span<const int32_t> history = {};  // prompt and answer so far
  int prompt_tokens = 0;
  uint64_t step = 0;                      // 0 for the first answer token
  std::span<const int32_t> end_ids = {};  // the model's end-of-generation tokens: for min_length, exponential_decay
};

/// What one stage did in one step. Masses are probabilities under the distribution that entered the stage.
struct StageTrace {
  int stage = 0;  // index into SamplerSpec::stages
  int32_t entered = 0, kept = 0;
  double removed_mass = 0;
  double entropy_before = 0, entropy_after = 0;  // nats
};

/// Candidates after the chain, most probable first (the lower id first among equals), probabilities summing to 1.
struct Distribution {
  struct Entry {
    int32_t id = 0;
    double probability = 0;
  };
  std::vector<Entry> entries;
};

/// The token of one step.
struct Choice {
  int32_t id = 0;
  double probability = 1;  // after the chain
  double u = 0;            // the random number that drew it
};

class Candidates;

class VT_API SamplerStage {
 public:
  virtual ~SamplerStage() = default;
  virtual std::string_view name() const noexcept = 0;
  /// Removes candidates, then changes logits; never leaves the list empty.
  virtual void apply(Candidates& candidates, const DecodeView& view) const = 0;
};

class VT_API SamplerChain {
 public:
  /// Throws Error input naming the stage or parameter that is unknown or out of range.
  explicit SamplerChain(const SamplerSpec& spec);
  ~SamplerChain();
  SamplerChain(SamplerChain&&) noexcept;
  SamplerChain& operator=(SamplerChain&&) noexcept;

  const SamplerSpec& spec() const noexcept { return spec_; }
  /// logits [vocab]. With `trace` one entry an enabled stage is appended. Throws Error input on a NaN or infinite
  /// logit.
  Distribution shape(std::span<const float> logits, const DecodeView& view,
                     std::vector<StageTrace>* trace = nullptr) const;
  /// Inverse transform over the entries in order with u = uniform(seed, step).
  static int32_t draw(const Distribution& distribution, uint64_t seed, uint64_t step);
  /// draw(shape(...), spec().seed, view.step), without putting the whole distribution in order.
  Choice choose(std::span<const float> logits, const DecodeView& view, std::vector<StageTrace>* trace = nullptr) const;
  int32_t pick(std::span<const float> logits, const DecodeView& view, std::vector<StageTrace>* trace = nullptr) const;
  /// The row after all stages, -inf where a token was removed.
  std::vector<float> process(std::span<const float> logits, const DecodeView& view) const;

 private:
  void run(Candidates& candidates, const DecodeView& view, std::vector<StageTrace>* trace) const;

  SamplerSpec spec_;
  std::vector<std::pair<int, std::unique_ptr<SamplerStage>>> stages_;  // index into spec_.stages, stage
};

/// For menus and help: every registered stage with its parameters.
struct StageParameter {
  std::string_view name, unit, help;
  double lowest = 0, highest = 0, fallback = 0;
  bool integer = false;
  double off = std::numeric_limits<double>::quiet_NaN();  // the value at which the stage does nothing, if there is one
};
struct StageInfo {
  std::string_view name, title, formula, source;
  std::vector<StageParameter> parameters;
  bool draws = false;  // about how a token is drawn from what is left; beam search, which draws none, goes without it
};
VT_API std::span<const StageInfo> sampler_stages();
/// `spec` without the stages that are about drawing: what beam search applies.
VT_API SamplerSpec without_drawing(const SamplerSpec& spec);

}  // namespace vitrine
