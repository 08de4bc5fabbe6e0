// SPDX-License-Identifier: Apache-2.0
// Layers that carry a state along time, as data: one small struct a kind. The formulas stand in engine/nn/state_ops.h.
#pragma once

#include <limits>
#include <vector>

#include "engine/backend/args.h"

namespace vitrine {

struct MambaSpec {
  int inner = 0, state = 0, taps = 0, rank = 0;  // taps: of the convolution; rank: of the time step's projection
  int heads = 1;                                 // Zamba: independent parts of the inner channels
  bool norms = false, norm_weights = false;      // of rank, b and c: FalconMamba without weights, Jamba with
  float norm_eps = 1e-6f;
  bool bias = false, conv_bias = true;           // of the projections in and out
  Activation activation = Activation::silu;      // after the convolution
  bool operator==(const MambaSpec&) const = default;
};

struct Mamba2Spec {
  int inner = 0, state = 0, taps = 0, heads = 0, groups = 1;
  bool norm = true, norm_first = false;          // norm of the gated output, or of the output before its gate
  float norm_eps = 1e-5f;
  float least_step = 0, most_step = std::numeric_limits<float>::infinity();
  float in_scale = 1, out_scale = 1;             // Falcon-H1: of what enters and leaves the mixer
  std::vector<float> part_scales = {};           // Falcon-H1: of gate, x, b, c and time steps
  bool in_bias = false, out_bias = false, conv_bias = true;
  Activation activation = Activation::silu;
  bool operator==(const Mamba2Spec&) const = default;
};

struct RwkvSpec {
  int width = 0;
  bool operator==(const RwkvSpec&) const = default;
};

struct RgLruSpec {
  int width = 0, heads = 0, taps = 0;            // heads: blocks of the gates
  Activation activation = Activation::gelu_tanh;
  bool operator==(const RgLruSpec&) const = default;
};

struct ShortConvSpec {
  int taps = 0;
  bool bias = false;
  bool operator==(const ShortConvSpec&) const = default;
};

struct GatedDeltaSpec {
  int key_heads = 0, heads = 0, key_dim = 0, value_dim = 0, taps = 0;
  Activation activation = Activation::silu;
  bool operator==(const GatedDeltaSpec&) const = default;
};

/// Zamba: a transformer block that several layers share, run on [x, embedding] before the layer's own mixer:
/// x + mixer(norm(x + W block(norm([x, embedding])))).
struct SharedBlockSpec {
  int stored_in = -1;                            // the layer whose weights it has, -1: no such block
  int use = 0;                                   // how many layers used a shared block before this one
  int ffn_rank = 0, attention_rank = 0;          // low-rank additions of this layer's own, 0: none
  bool operator==(const SharedBlockSpec&) const = default;
};

}  // namespace vitrine
