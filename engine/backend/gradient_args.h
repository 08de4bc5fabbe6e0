// SPDX-License-Identifier: Apache-2.0
// Arguments of the backward kernels. d_x is d(loss)/d(x), of x's shape, f32. Every result is ADDED to what its tensor holds; an undefined
// one is not wanted. Where the forward kernel takes a tensor that may be absent, so does the backward one.
#pragma once

#include <span>

#include "engine/backend/args.h"
#include "engine/backend/scan_args.h"

namespace vitrine {

/// y = x w^T + b:  dx += d_out w;  dw += d_out^T x;  db += sum over rows of d_out.  w of any dtype, plain or prepared.
struct MatmulGradArgs {
  Tensor x = {}, w = {}, d_out = {}, dx = {}, dw = {}, db = {};
};

/// y[r] = table[ids[r]] scale:  d_table[ids[r]] += scale d_out[r].
struct GatherGradArgs {
  Tensor ids = {}, d_out = {}, d_table = {};
  float scale = 1;
  int padding_row = -1;                // of the table: gets nothing
};

/// y = (x - mean) / s * weight + bias, s = sqrt(mean((x - mean)^2) + eps), mean 0 but with `center`. With n = (x - mean) / s, g = d_out weight:
/// dx += (g - n mean(g n) - [center] mean(g)) / s;  dw += sum d_out n;  db += sum d_out.
/// With `divisor` [rows] given, s is that number whatever x is: dx += (g - [center] mean(g)) / s, d_divisor -= sum(g n) / s.
struct NormGradArgs {
  Tensor x = {}, weight = {}, divisor = {}, d_out = {}, dx = {}, dw = {}, db = {}, d_divisor = {};
  float eps = 1e-5f;
  bool center = false;
};

/// s = sqrt(mean((x - mean)^2) + eps):  dx += d_scale (x - mean) / (columns s). d_scale [rows].
struct NormScaleGradArgs {
  Tensor x = {}, d_scale = {}, dx = {};
  float eps = 1e-5f;
  bool center = false;
};

/// y = act(gate) up:  d_gate += d_out up act'(gate);  d_up += d_out act(gate).
struct GatedGradArgs {
  Tensor gate = {}, up = {}, d_out = {}, d_gate = {}, d_up = {};
  Activation kind = Activation::silu;
};

/// The same for ClampedGluArgs; what was clamped away has no gradient.
struct ClampedGluGradArgs {
  Tensor gate = {}, up = {}, d_out = {}, d_gate = {}, d_up = {};
  float alpha = 1.702f, limit = 7;
};

/// p = softmax(x) over the last axis (and the sink of its first axis):  dx += p (dp - sum(p dp));  d_sink -= p_sink sum(p dp).
struct SoftmaxGradArgs {
  Tensor probs = {}, d_probs = {}, dx = {}, d_sinks = {};
};

/// Mean over the rows whose label is not below 0 of log(sum exp(logits)) - logits[label]. labels [rows] i32; loss [1] is written,
/// d_logits += d_loss[0] (softmax(logits) - onehot(label)) / count. Throws nothing: without a label the loss is 0.
struct CrossEntropyArgs {
  Tensor logits = {}, labels = {}, loss = {}, d_loss = {}, d_logits = {};
};

/// d_logits of RouteArgs through the weights; the choice has no gradient.
struct RouteGradArgs {
  Tensor logits = {}, ids = {}, d_weights = {}, d_logits = {};
  RouteRule rule = {};
};

/// dy[slot_ids[r, j]] += weights[r, j] d_out[r];  d_weights[r, j] += d_out[r] . y[slot_ids[r, j]].
struct CombineGradArgs {
  Tensor y = {}, slot_ids = {}, weights = {}, d_out = {}, dy = {}, d_weights = {};
};

/// One sequence of an attention: its queries and its keys, row i of the queries at index i, key j at index j.
struct AttendSpan {
  int64_t first_row = 0, rows = 0, first_key = 0, keys = 0;
};

/// Gradients of AttendArgs with keys [key rows, kv_heads, k_dim] and values [key rows, kv_heads, v_dim] of this step: probabilities p are made
/// again from q and k; dv += p^T d_out;  ds = p (d_out v^T - sum(p d_out v^T));  dq, dk through score's scale and softcap;  d_distance_bias += ds
/// at its distance;  d_sinks -= p_sink sum(p dp). dk and dv may lie in the same tensor.
struct AttendGradArgs {
  Tensor q = {}, k = {}, v = {}, d_out = {}, dq = {}, dk = {}, dv = {}, d_sinks = {}, d_distance_bias = {};
  ScoreRule rule = {};
  std::span<const AttendSpan> spans = {};
};

/// The same for ScoresArgs, one span: d_scores [heads, rows, keys].
struct ScoresGradArgs {
  Tensor q = {}, k = {}, d_scores = {}, dq = {}, dk = {}, d_distance_bias = {};
  ScoreRule rule = {};
  AttendSpan span = {};
};

/// And for WeightedValuesArgs: d_probs[h, r, j] += d_out[r, h] . v[j];  dv[j] += sum over rows and heads of probs d_out.
struct WeightedValuesGradArgs {
  Tensor probs = {}, v = {}, d_out = {}, d_probs = {}, dv = {};
  AttendSpan span = {};
};

/// y = min(max(softplus(x + bias), least), most):  dx += d_out sigmoid(x + bias) where nothing was clamped.
struct TimeStepGradArgs {
  Tensor x = {}, bias = {}, d_out = {}, dx = {}, d_bias = {};
  float least = 0, most = 0;
};

/// Of the scans: `runs` as in the forward pass, d_runs[i].before / .after the gradients of the states (either may be undefined).
/// d_states: of the state after each row, where the forward pass showed it; it is complete afterwards (what came later is added to it).
struct Conv1dGradArgs {
  Tensor x = {}, weight = {}, d_out = {}, dx = {}, d_weight = {}, d_bias = {};
  std::span<const StateRun> runs = {}, d_runs = {};
};

struct SelectiveScanGradArgs {
  SelectiveScanArgs forward = {};
  Tensor d_out = {}, dx = {}, d_dt = {}, d_a = {}, d_b = {}, d_c = {}, d_d = {}, d_states = {};
  std::span<const StateRun> runs = {}, d_runs = {};
};

struct DeltaRuleGradArgs {
  DeltaRuleArgs forward = {};
  Tensor d_out = {}, dq = {}, dk = {}, dv = {}, d_decay = {}, d_beta = {}, d_states = {};
  std::span<const StateRun> runs = {}, d_runs = {};
};

/// The slope of the square root is kept below 1000, as the reference does.
struct RgLruGradArgs {
  RgLruArgs forward = {};
  Tensor d_out = {}, dx = {}, d_input_gate = {}, d_recurrence_gate = {}, d_decay = {}, d_states = {};
  std::span<const StateRun> runs = {}, d_runs = {};
};

struct WkvGradArgs {
  WkvArgs forward = {};
  Tensor d_out = {}, dk = {}, dv = {}, d_decay = {}, d_first = {}, d_states = {};
  std::span<const StateRun> runs = {}, d_runs = {};
};

}  // namespace vitrine
