// SPDX-License-Identifier: Apache-2.0
// The weights each op takes. nn knows these, never a ModelSpec.
#pragma once

#include <memory>
#include <string>
#include <vector>

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

/// router [experts, dim]; correction [experts]: added to the scores when choosing, not to the weights. One FfnWeights an expert.
/// shared: an expert every token goes to; shared_gate [1, dim]: its share, after a sigmoid. Either may be undefined.
struct MoeWeights {
  Linear router;
  Tensor correction;
  std::vector<FfnWeights> experts;
  FfnWeights shared;
  Linear shared_gate;
};

/// Multi-head latent attention. Queries: q_b(norm(q_a x)), or q alone. kv_a x = [latent before kv_norm | shared rotary key].
/// Per head h, keys without position are latent k_up[h]^T and values latent v_up[h]^T.
struct LatentWeights {
  Linear q, q_a, q_b, kv_a, o;
  Norm q_norm, kv_norm;
  std::vector<Tensor> k_up;  // absorbed form: transposed, [kv_rank, nope] a head; expanded form: [nope, kv_rank]
  std::vector<Tensor> v_up;  // [v, kv_rank] a head
};

}  // namespace vitrine
