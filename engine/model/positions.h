// SPDX-License-Identifier: Apache-2.0
// How a model is told where its tokens stand, as data: what a layer has now, and a spec with another scheme in its place.
#pragma once

#include <string>
#include <string_view>

#include "engine/model/spec.h"

namespace vitrine {

/// none: order is seen through the causal mask alone (Kazemnejad et al. 2023, arXiv:2305.19466). learned: the checkpoint's own table.
/// sinusoidal: Vaswani et al. 2017 (arXiv:1706.03762, section 3.5), added to the embedding. rope: see RopeSpec. alibi: see AlibiSpec.
/// buckets: T5's, of a checkpoint that has their table.
struct PositionScheme {
  enum class Kind : uint8_t { none, learned, sinusoidal, rope, alibi, buckets } kind = Kind::none;
  enum class Layers : uint8_t { all, full, sliding } layers = Layers::all;  // full: those without a window
  RopeSpec rope = {};
  AlibiSpec alibi = {};
  bool sinusoids_by_width = true;        // frequencies 10000^(-2i / dim); else 10000^(-i / (dim / 2 - 1))
  bool operator==(const PositionScheme&) const = default;
};

/// What a layer of stack 0 has; of a layer without rotation, ALiBi or buckets, what the embedding is given.
VT_API PositionScheme position_scheme(const ModelSpec& spec, int layer);

/// "rope", "linear:factor=4", "ntk:factor=4", "dynamic:factor=4,original=2048", "yarn:factor=4", "llama3:factor=8,low=1,high=4",
/// "longrope:short=1/1/..,long=2/3/..,factor=4", "alibi:max_bias=8", "sinusoidal:layout=halves", "learned", "buckets", "none". What is not said
/// is as the model's own rotary scheme has it (theta, dim, interleaved, original) or as its paper says. layers=full or layers=sliding restrict
/// it. "ntk" is the base stretched once: theta factor^(d / (d - 2)). Throws Error input naming what cannot be read.
VT_API PositionScheme parse_positions(std::string_view text, const ModelSpec& spec);

/// `spec` with the scheme instead of what it has. A rotary scheme replaces those of the layers that have one (layers without position stay
/// without) or, where none has, comes to all. The context grows to original_context * factor. Throws Error unsupported where the model
/// cannot have it: a table that is not stored, ALiBi in a bidirectional stack, a latent key without rotation.
VT_API ModelSpec replace_positions(ModelSpec spec, const PositionScheme& scheme);

}  // namespace vitrine
