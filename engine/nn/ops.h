// SPDX-License-Identifier: Apache-2.0
// Every op of the models: shapes, formula, source. rows = tokens of all lanes of the step; outputs are new tensors.
#pragma once

#include <span>

#include "engine/exec/exec.h"
#include "engine/nn/params.h"
#include "engine/nn/pointwise.h"

namespace vitrine::nn {

/// x[r] = table[ids[r]] * scale.  table [vocab, dim] any dtype -> [rows, dim]. padding_row: of the table, gets no gradient; -1: none.
Tensor embed(Exec& ex, const Tensor& table, const Tensor& ids, float scale = 1, int padding_row = -1);

/// x [rows, in] -> [rows, out].
Tensor linear(Exec& ex, const Tensor& x, const Linear& layer);
/// Several products of one x in one parallel region; undefined layers give undefined tensors.
std::vector<Tensor> linears(Exec& ex, const Tensor& x, std::span<const Linear* const> layers);

struct NormRule {
  bool center = false;  // layer norm, else RMS norm
  float eps = 1e-5f;
};
/// The products of a group in one parallel region, each into its own `out` (which the caller made).
void products(Exec& ex, std::span<const MatmulArgs> group);

/// Mean of -log softmax(logits)[label] over the rows whose label is not below 0 (Goodfellow et al. 2016, section 6.2.2.3).
/// logits [n, classes], labels [n] i32 -> [1].
Tensor cross_entropy(Exec& ex, const Tensor& logits, const Tensor& labels);

/// Norm over the last axis. `scale_site`, when given, is tapped with [rows, 1] = sqrt(mean((x - mu)^2) + eps); an edit of it rescales the row.
Tensor norm(Exec& ex, const Tensor& x, const Norm& weights, const NormRule& rule, std::optional<Site> scale_site = std::nullopt);
/// The same into `out`, which the caller made.
void norm_into(Exec& ex, const Tensor& x, const Norm& weights, const NormRule& rule, const Tensor& out);

/// Feed-forward: down(act(gate_scale gate x) * up x) (GLU variants, Shazeer 2020, arXiv:2002.05202), or down(act(up x)) without a gate.
/// Taps mlp_gate, mlp_up, mlp_act.
Tensor feed_forward(Exec& ex, const Tensor& x, const FfnWeights& weights, Activation activation, float gate_scale = 1);

struct MoeRule {
  RouteRule route = {};
  Activation activation = Activation::silu;
  float glu_alpha = 0, glu_limit = 0;  // alpha > 0: the clamped SwiGLU of GPT-OSS instead of act(gate) * up
};
/// Mixture of experts (Shazeer et al. 2017, arXiv:1701.06538): sum over the chosen experts of weight * expert(x), plus the shared
/// expert (DeepSeekMoE, arXiv:2401.06066). Only chosen experts run; their rows are gathered, one product an expert, and a token's
/// results added in order of expert id. x [rows, dim] -> [rows, dim]. Replacing expert_ids forces the choice (weights follow it).
/// Taps router_logits, expert_ids, expert_weights, expert_out, shared_out.
Tensor moe(Exec& ex, const Tensor& x, const MoeWeights& weights, const MoeRule& rule);

/// A norm of queries and keys: over each head or, with over_width, over all heads at once. A weight as wide as all heads applies
/// to each head its own part.
struct QkNormRule {
  NormRule norm = {};
  bool over_width = false, after_rope = false;
};

/// What one layer's attention needs besides its weights.
struct AttentionRule {
  int heads = 0, kv_heads = 0, head_dim = 0;
  ScoreRule score = {};
  float clip = 0;                    // q, k, v clamped to +-clip
  std::optional<QkNormRule> qk_norm = {};
  Tensor cos = {}, sin = {};         // [rows, rotary/2]; undefined: no rotary embedding
  bool interleaved = false;
  Tensor query_factors = {};         // [rows]: q multiplied with, after rotation; undefined: not
};

/// Where keys and values go, and which sequence each row belongs to.
struct AttentionPlace {
  KvView kv = {};
  Tensor seq_of_row = {}, index_of_row = {};
  std::vector<int64_t> first_index;  // per segment: cache index of its first row
};

/// Queries and log-sum-exp of the layer, for those who keep them.
struct AttentionKept {
  Tensor q, lse;                     // [rows, heads, head_dim], [rows, heads]
};

/// softmax(score(q, k) + mask) v over the cache, whose slots are written already. q [rows, heads, k_dim] -> [rows, heads, v_dim].
/// k and v are what this step wrote: under a tape, whose sequences begin in it, gradients go there.
/// Streams unless somebody looks at attn_scores or attn_probs: then that segment of that layer is composed from plain kernels.
/// Row summaries and the largest keys of rows (of attn_probs, unedited) come out of the streaming kernel.
/// Taps attn_scores, attn_probs.
Tensor attend(Exec& ex, const Tensor& q, const Tensor& k, const Tensor& v, const Batch& batch, const ScoreRule& rule, const AttentionPlace& place, AttentionKept* keep);

/// softmax(q k^T * scale + mask) v, then the output projection (Vaswani et al. 2017, section 3.2). x [rows, dim] -> [rows, dim].
/// Taps q_pre, k_pre, q, k, v, attn_scores, attn_probs, attn_gate (before the sigmoid that head_out is multiplied with), head_out.
Tensor attention(Exec& ex, const Tensor& x, const Batch& batch, const AttentionWeights& weights, const AttentionRule& rule,
                 const AttentionPlace& place, AttentionKept* keep = nullptr);

struct LatentRule {
  int heads = 0, nope = 0, rope = 0, v = 0, kv_rank = 0;
  ScoreRule score = {};
  NormRule norm = {};                // of the latents of queries and of keys
  Tensor cos = {}, sin = {};         // [rows, rope/2]
  bool interleaved = true;
  bool absorbed = true;              // the cache holds [latent | rotary key] once a token, for all heads
};
/// Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1): keys [latent Wk_h | shared rotary key], values latent Wv_h.
/// Absorbed, score(q, k) = (q_nope Wk_h) . latent + q_rope . k_rope and the weighted latents are multiplied with Wv_h afterwards.
/// x [rows, dim] -> [rows, dim]. Taps q_pre, k_pre ([rows, 1, kv_rank + rope]), q, k, attn_scores, attn_probs, head_out; k is what the
/// cache holds: [rows, 1, kv_rank + rope], expanded [rows, heads, nope + rope], and then v as well.
Tensor latent_attention(Exec& ex, const Tensor& x, const Batch& batch, const LatentWeights& weights, const LatentRule& rule,
                        const AttentionPlace& place, AttentionKept* keep = nullptr);

/// What cross-attention reads: keys and values of a source text per sequence.
struct SourcePlace {
  KvView kv = {};
  std::vector<int64_t> keys;         // per segment
  std::vector<Tensor> k, v;          // per segment [keys, kv_heads, head_dim]: what was written there, under a tape
};

/// softmax(q k^T * scale) v over the keys and values of the sequence's source (Vaswani et al. 2017, section 3.2.3), then the output
/// projection. x [rows, dim] -> [rows, dim]. Taps cross_q, cross_scores, cross_probs, cross_head_out.
Tensor cross_attention(Exec& ex, const Tensor& x, const Batch& batch, const AttentionWeights& weights, const AttentionRule& rule,
                       const AttentionPlace& place, const SourcePlace& source, AttentionKept* keep = nullptr);

}  // namespace vitrine::nn
