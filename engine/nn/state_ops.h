// SPDX-License-Identifier: Apache-2.0
// Ops that carry a state along time instead of attending to all that was: shapes, formula, source. x [rows, dim] -> [rows, dim].
// Whether the rows of a sequence come at once or one by one, each gets the same bits.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/nn/ops.h"
#include "engine/nn/state_params.h"

namespace vitrine::nn {

/// The states of one layer in this step: slots[i][segment]. The op fills every `after`, which its caller allocated.
struct StatePlace {
  std::vector<std::vector<StateRun>> slots;
  std::vector<int> left_padding;     // per segment: padded tokens before its first (see Segment)
};

/// Depthwise causal convolution over `runs`, see Conv1dArgs.
Tensor convolved(Exec& ex, const Tensor& x, const ConvWeights& weights, std::span<const StateRun> runs);
/// act(depthwise causal convolution); its state: the last inputs. `padded` [channels]: what stands in the input where a left-padded
/// sequence has no tokens, undefined: zeros.
Tensor causal_conv(Exec& ex, const Tensor& x, const ConvWeights& weights, StatePlace& place, int slot, Activation activation, const Tensor& padded = {});

/// Runs a scan over all rows. kernel(runs, states, hold): states defined: the state after every row is wanted there; hold: the state stays
/// as it is and only the output is read from it. Taps ssm_state; an edit of a row's state acts on that row and on all that follow.
using ScanKernel = std::function<void(std::span<const StateRun> runs, const Tensor& states, bool hold)>;
void scan(Exec& ex, const Batch& batch, std::vector<StateRun>& runs, const ScanKernel& kernel);

/// Selective state space (Mamba, Gu & Dao 2023, arXiv:2312.00752, algorithm 2): u = act(conv(x W)); dt = softplus(dt_proj(rank(u)) + bias);
/// h = exp(dt a) h + dt u b; y = (h . c + d u) silu(gate). FalconMamba norms rank, b and c without weights, Jamba with.
/// States: convolution [taps, inner], h [state, inner]. Taps conv_in, ssm_gate, ssm_in, ssm_dt, ssm_b, ssm_c, ssm_state, ssm_out.
struct MambaRule {
  int heads = 1;
  bool norms = false;
  float norm_eps = 1e-6f;
  Activation activation = Activation::silu;
};
Tensor mamba(Exec& ex, const Tensor& x, const Batch& batch, const MambaWeights& weights, const MambaRule& rule, StatePlace& place);

/// Mamba-2 (Dao & Gu 2024, arXiv:2405.21060): one decay and one time step a head, b and c shared by groups of heads; the output is gated
/// and normed within groups. Time steps are kept within [least_step, most_step].
/// States: convolution [taps, inner + 2 groups state], h [state, inner]. Taps as mamba.
struct Mamba2Rule {
  enum class Gate : uint8_t { plain, then_norm, after_norm } gate = Gate::then_norm;
  int groups = 1, state = 0;
  float least_step = 0, most_step = 0, norm_eps = 1e-5f, in_scale = 1;
  Activation activation = Activation::silu;
};
Tensor mamba2(Exec& ex, const Tensor& x, const Batch& batch, const Mamba2Weights& weights, const Mamba2Rule& rule, StatePlace& place);

/// RWKV-4 (Peng et al. 2023, arXiv:2305.13048, section 3): sigmoid(r) * wkv(k, v), each of k, v, r from a mix of this token and the one before.
/// States: last input [2, dim], wkv [3, width]. Taps k, v ([rows, 1, width]), ssm_gate, ssm_state, ssm_out.
Tensor time_mix(Exec& ex, const Tensor& x, const Batch& batch, const TimeMixWeights& weights, StatePlace& place);
/// sigmoid(r) * relu(k)^2 V. State: last input [2, dim] in slot `slot`. Taps mlp_gate (before the square), mlp_act, mlp_out_gate.
Tensor channel_mix(Exec& ex, const Tensor& x, const ChannelMixWeights& weights, StatePlace& place, int slot);

/// Griffin's recurrent block (De et al. 2024, arXiv:2402.19427, section 2.4): (RG-LRU(conv(x W)) * act(x G)) O.
/// States: convolution [taps, width], h [1, width]. Taps conv_in, ssm_in, ssm_write and ssm_decay (gates before the sigmoid), ssm_gate
/// (after the activation), ssm_state, ssm_out.
Tensor rg_lru(Exec& ex, const Tensor& x, const Batch& batch, const RgLruWeights& weights, const Activation& activation, StatePlace& place);

/// LFM2's gated short convolution: c * conv(b * x), (b, c, x) = x W. State: convolution [taps, dim]. Taps conv_in, conv_out, ssm_gate.
Tensor short_conv(Exec& ex, const Tensor& x, const ShortConvWeights& weights, StatePlace& place);

/// Gated DeltaNet (Yang et al. 2024, arXiv:2412.06464): S = exp(g) S; S += k (beta (v - S^T k))^T; y = norm(S^T q) silu(gate), q and k of
/// length one, q / sqrt(key_dim), g = a softplus(. + bias), beta = sigmoid(.).
/// States: convolution [taps, 2 key + value width], S [heads * key_dim, value_dim]. Taps conv_in, q, k, v, ssm_write (beta), ssm_decay (g),
/// ssm_gate, ssm_state, ssm_out.
struct GatedDeltaRule {
  int key_heads = 0, heads = 0, key_dim = 0, value_dim = 0;
  float norm_eps = 1e-6f;
  Activation activation = Activation::silu;
};
Tensor gated_delta(Exec& ex, const Tensor& x, const Batch& batch, const GatedDeltaWeights& weights, const GatedDeltaRule& rule, StatePlace& place);

}  // namespace vitrine::nn
