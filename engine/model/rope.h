// SPDX-License-Identifier: Apache-2.0
// Rotary frequencies of a RopeSpec at a given sequence length.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "engine/model/spec.h"

namespace vitrine {

struct RopeFrequencies {
  std::vector<float> inv_freq;  // [rotary_dim / 2], radians per position
  float magnitude = 1;          // cos and sin are multiplied with it
};

/// Formulas as in the papers named at RopeSpec and, where those leave a choice, as transformers' modeling_rope_utils computes them.
/// `length`: positions in use; matters for dynamic NTK and LongRoPE only.
VT_API RopeFrequencies rope_frequencies(const RopeSpec& spec, int64_t length);

/// True when the frequencies change with the length of the sequence.
inline bool rope_depends_on_length(const RopeSpec& spec) noexcept {
  return spec.kind == RopeSpec::Kind::dynamic || spec.kind == RopeSpec::Kind::longrope || spec.long_magnitude > 0 || spec.short_magnitude > 0;
}

/// True when a text of `cached` tokens that grows to `length` has to be computed anew: what is cached has other frequencies.
inline bool outgrows_cache(std::span<const RopeSpec> ropes, int64_t cached, int64_t length) noexcept {
  return std::any_of(ropes.begin(), ropes.end(), [&](const RopeSpec& rope) {
    return rope.anew_beyond_original && rope_depends_on_length(rope) && cached > 0 && cached <= rope.original_context && length > rope.original_context;
  });
}

}  // namespace vitrine
