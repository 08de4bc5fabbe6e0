// SPDX-License-Identifier: Apache-2.0
// Ops on elements and rows: sums, products, activations, copies. A result is a new tensor; given an rvalue that
// alone holds its bytes, it may lie there.
#pragma once

#include "engine/exec/exec.h"

namespace vitrine::nn {

/// a + b, b of a's shape or a vector over its last axis.
Tensor add(Exec& ex, const Tensor& a, const Tensor& b);
Tensor add(Exec& ex, Tensor&& a, const Tensor& b);
/// a * b, b of a's shape or a vector over its last axis.
Tensor multiply(Exec& ex, const Tensor& a, const Tensor& b);
Tensor multiply(Exec& ex, Tensor&& a, const Tensor& b);
/// factor x.
Tensor scale(Exec& ex, const Tensor& x, float factor);
Tensor scale(Exec& ex, Tensor&& x, float factor);
/// x[i, ...] factors[i].
Tensor scale_rows(Exec& ex, const Tensor& x, const Tensor& factors);
Tensor scale_rows(Exec& ex, Tensor&& x, const Tensor& factors);
/// cap tanh(x / cap).
Tensor softcap(Exec& ex, Tensor&& x, float cap);
/// min(max(x, low), high).
Tensor clamp(Exec& ex, Tensor&& x, float low, float high);
Tensor activate(Exec& ex, const Tensor& x, Activation kind);
Tensor activate(Exec& ex, Tensor&& x, Activation kind);
/// act(gate) up.
Tensor gated(Exec& ex, const Tensor& gate, const Tensor& up, Activation kind);
/// GPT-OSS' SwiGLU, see ClampedGluArgs.
Tensor clamped_glu(Exec& ex, const Tensor& gate, const Tensor& up, float alpha, float limit);
/// Softmax over the last axis, with a logit that takes part in the denominator only for each entry of the first; sinks may be undefined.
Tensor softmax(Exec& ex, const Tensor& x, const Tensor& sinks);

/// to = from; `to` is (a part of) a tensor the caller made.
void copy_into(Exec& ex, const Tensor& from, const Tensor& to);
/// A copy without gaps between rows; x itself where there are none.
Tensor dense(Exec& ex, const Tensor& x);
/// Rotary embedding of x [rows, heads, head_dim] into `to`, see RopeArgs.
void rotate_into(Exec& ex, const Tensor& x, const Tensor& cos, const Tensor& sin, bool interleaved, const Tensor& to);
/// softplus(x + bias) kept within [least, most].
Tensor time_step(Exec& ex, const Tensor& x, const Tensor& bias, float least, float most);
Tensor time_step(Exec& ex, Tensor&& x, const Tensor& bias, float least, float most);

}  // namespace vitrine::nn
