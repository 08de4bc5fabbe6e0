// SPDX-License-Identifier: Apache-2.0
// The weights of the ops that carry a state along time.
#pragma once

#include <vector>

#include "engine/nn/params.h"

namespace vitrine {

/// Depthwise: w [taps, channels], b [channels] or undefined.
struct ConvWeights {
  Tensor w, b;
};

/// in [2 inner, dim]: x, then the gate. A head (one, but in Zamba) has projections of its own: to the time step's rank, to b and to c
/// [state, inner / heads], and from the rank [inner / heads, rank]. a [state, inner] below 0.
struct MambaWeights {
  Linear in, out;
  ConvWeights conv;
  std::vector<Linear> to_rank, to_b, to_c, from_rank;
  Norm rank_norm, b_norm, c_norm;
  Tensor step_bias, a, d;            // [inner], [state, inner], [inner]
};

/// in [inner + inner + 2 groups state + heads, dim]: gate, x, b, c, time steps. a [heads] below 0.
struct Mamba2Weights {
  Linear in, out;
  ConvWeights conv;
  Tensor in_scales;                  // [in rows] or undefined
  Tensor step_bias, a, d;            // [heads]
  Tensor norm;                       // [inner] or undefined
};

/// mix_* [2, dim]: shares of the token before and of this one.
struct TimeMixWeights {
  Tensor mix_k, mix_v, mix_r, decay, first;  // decay [width] below 0
  Linear k, v, r, out;
};
struct ChannelMixWeights {
  Tensor mix_k, mix_r;
  Linear k, v, r;
};

/// A gate a head: block-diagonal. decay [width] = softplus of the stored parameter.
struct RgLruWeights {
  Linear x, gate, out;
  ConvWeights conv;
  std::vector<Linear> input_gate, recurrence_gate;
  Tensor decay;
};

/// in [3 dim, dim]: gate before, gate after, x.
struct ShortConvWeights {
  Linear in, out;
  ConvWeights conv;
};

/// in [2 key + 2 value widths, dim]: q, k, v, gate. rates [2 heads, dim]: beta, decay. a [heads] below 0.
struct GatedDeltaWeights {
  Linear in, rates, out;
  ConvWeights conv;
  Tensor step_bias, a;
  Norm norm;                         // [value_dim]
};

}  // namespace vitrine
