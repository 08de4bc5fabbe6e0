// SPDX-License-Identifier: Apache-2.0
// How the next token is chosen, as data: an ordered list of stages and a seed. Saved with every answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/api.h"

namespace vitrine {

/// One stage: its registered name ("temperature", "top_k", ...) and its parameters. Unknown names are an Error when the
/// chain is built.
struct StageSpec {
  std::string name;
  std::vector<std::pair<std::string, double>> parameters = {};
  std::vector<std::pair<int32_t, float>> bias = {};  // logit_bias only; -inf bans the token
  std::vector<std::vector<int32_t>> sequences = {};  // bad_words only: token sequences that are never completed
  bool enabled = true;

  double parameter(std::string_view key, double fallback) const noexcept {
    for (const auto& [name_, value] : parameters)
      if (name_ == key) return value;
    return fallback;
  }
  bool operator==(const StageSpec&) const = default;
};

/// Stages run in this order, then one token is drawn with u = philox(seed, step).
struct SamplerSpec {
  std::vector<StageSpec> stages = {};
  uint64_t seed = 0;
  bool operator==(const SamplerSpec&) const = default;
};

enum class EarlyStopping : uint8_t {
  no,     // stop when the best running one, at its present length, is worse than the worst kept
  yes,    // stop as soon as enough are complete
  never,  // as `no`, but a running one is judged at the length that favours it most
};

/// Beam search in place of drawing, see strategy.h. beams 1: none.
struct BeamSpec {
  int beams = 1;
  double length_penalty = 1;  // score = log-probability / length^penalty
  EarlyStopping early_stopping = EarlyStopping::no;
  bool operator==(const BeamSpec&) const = default;
};

/// penalties, top-k 40, top-p 0.95, min-p 0.05, temperature 0.8: what chat programs of the field start from.
VT_API SamplerSpec default_sampler();
/// Always the most probable token (lowest id wins ties).
VT_API SamplerSpec greedy_sampler();
/// {"seed": 7, "stages": [{"name": "top_k", "parameters": {"top_k": 40}}, ...]}; "enabled", "bias" [[id, value or
/// "-inf"]] and "sequences" [[id, ...]] only where they say something.
VT_API std::string sampler_to_json(const SamplerSpec& spec);
/// Throws Error input naming the field that is unknown, missing, of the wrong type or out of range.
VT_API SamplerSpec sampler_from_json(std::string_view json);

}  // namespace vitrine
