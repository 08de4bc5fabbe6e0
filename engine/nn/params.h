// SPDX-License-Identifier: Apache-2.0
// The weights each op takes. nn knows these, never a ModelSpec.
#pragma once

#include <memory>
#include <string>

#include "engine/tensor/tensor.h"

namespace vitrine {

/// up (down x), added to a product: down [rank, in], up [out, rank].
struct LowRank {
  Tensor down, up;
};

/// y = x w^T + b.  w [out, in] of any dtype, b [out] f32 or undefined.
struct Linear {
  Tensor w, b;
  std::shared_ptr<const LowRank> addition = {};
  bool defined() const noexcept { return w.defined(); }
};

/// w, b [dim] f32; either may be undefined.
struct Norm {
  Tensor w, b;
};

struct AttentionWeights {
  Linear q, k, v, o, gate;  // gate undefined: the heads' outputs are not gated
  Norm q_norm, k_norm;
};

struct FfnWeights {
  Linear gate, up, down;  // gate undefined: plain MLP
};

}  // namespace vitrine
