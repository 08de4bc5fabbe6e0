// SPDX-License-Identifier: Apache-2.0
// Arguments of the kernels that carry a state along time: convolution, selective scan, gated delta rule, RG-LRU, WKV.
// All run over time in order and over channels side by side, so a row's result does not depend on how the rows before it were cut.
#pragma once

#include <cstdint>
#include <span>

#include "engine/tensor/tensor.h"

namespace vitrine {

/// Rows [first_row, first_row + rows) of one sequence, its state before them (undefined: the sequence begins here) and after them.
struct StateRun {
  int64_t first_row = 0, rows = 0;
  Tensor before = {}, after = {};
};

/// out[i] = min(max(softplus(x[i] + bias[i]), least), most), softplus(x) = log(1 + e^x). bias over the last axis, optional; out may be x.
struct TimeStepArgs {
  Tensor x = {}, bias = {}, out = {};
  float least = 0, most = 0;
};

/// Causal depthwise convolution: out[t, c] = bias[c] + sum_k weight[k, c] x[t - K + 1 + k, c].
/// x, out [rows, channels], weight [K, channels], bias [channels] or absent. State [K, channels]: the last K inputs, oldest first.
/// A run without `after` leaves no state (several convolutions may share one).
struct Conv1dArgs {
  Tensor x = {}, weight = {}, bias = {}, out = {};
  std::span<const StateRun> runs = {};
};

/// h[n, i] = exp(dt[t, i] a[n, i]) h[n, i] + dt[t, i] x[t, i] b[t, g, n];  out[t, i] = sum_n c[t, g, n] h[n, i] + d[i] x[t, i].
/// x, out [rows, channels]; b, c [rows, groups * state]; channel i belongs to group i / (channels / groups). State [state, channels].
/// Mamba-1: dt [rows, channels], a [state, channels], d [channels]. Mamba-2: one dt, a and d a head: [rows, heads], [heads], [heads].
/// states [rows, state, channels], optional: the state after each row.
struct SelectiveScanArgs {
  Tensor x = {}, dt = {}, a = {}, b = {}, c = {}, d = {}, out = {}, states = {};
  int groups = 1;
  std::span<const StateRun> runs = {};
};

/// S <- exp(decay[t, h]) S;  S <- S + k (beta (v - S^T k))^T;  out[t, h] = S^T q, S [key_dim, value_dim] a value head.
/// q, k [rows, key_heads * key_dim], v, out [rows, heads * value_dim], decay, beta [rows, heads]. Value head h reads key head
/// h / (heads / key_heads). State [heads, key_dim, value_dim]; states [rows, heads, key_dim, value_dim], optional.
struct DeltaRuleArgs {
  Tensor q = {}, k = {}, v = {}, decay = {}, beta = {}, out = {}, states = {};
  int key_heads = 1;
  std::span<const StateRun> runs = {};
};

/// a = exp(-8 decay[i] sigmoid(recurrence_gate));  h = a h + sqrt(1 - a^2) sigmoid(input_gate) x;  out = h.
/// The first row of a sequence enters unscaled: h = sigmoid(input_gate) x. All [rows, channels], decay and state [channels].
struct RgLruArgs {
  Tensor x = {}, input_gate = {}, recurrence_gate = {}, decay = {}, out = {};
  std::span<const StateRun> runs = {};
};

/// out[t] = (sum_{s<t} e^{(t-1-s) decay + k[s]} v[s] + e^{first + k[t]} v[t]) / (the same without v), kept from overflowing.
/// k, v, out [rows, channels], decay (not above 0) and first [channels]. State [3, channels]: numerator, denominator, their exponent.
struct WkvArgs {
  Tensor k = {}, v = {}, decay = {}, first = {}, out = {}, states = {};
  std::span<const StateRun> runs = {};
};

}  // namespace vitrine
