// SPDX-License-Identifier: Apache-2.0
// Arguments of the backend kernels. Every member has a default, so an optional field breaks no caller.
// Shapes: rows = tokens of all lanes of a step; hd = head dimension. Activations are f32 unless said otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/tensor/tensor.h"

namespace vitrine {

/// exact: f32 activations and accumulation on decoded weights. fast: int8 activations per 32 columns where the weight is a block format;
/// activations and weight rounded to bfloat16, f32 sums, where it is a plain one and the processor multiplies bfloat16 faster than f32.
enum class Precision : uint8_t { fast, exact };

enum class Activation : uint8_t { identity, silu, gelu, gelu_tanh, gelu_quick, relu, relu_squared, tanh, sigmoid };

/// out[r, o] = sum_i x[r, i] w[o, i] + bias[o].  x [rows, in], w [out, in] of any dtype (plain or prepared), out [rows, out] f32.
struct MatmulArgs {
  Tensor x = {}, w = {}, out = {}, bias = {};
  Precision precision = Precision::fast;
};

/// out[r] = table[ids[r]] * scale.  table [vocab, dim] of any dtype (plain or prepared), ids [rows] i32, out [rows, dim] f32.
struct GatherArgs {
  Tensor table = {}, ids = {}, out = {};
  float scale = 1;
};

/// RMS norm: x / sqrt(mean(x^2) + eps) * weight (Zhang & Sennrich 2019); with `center`, layer norm: mean removed first, bias added.
/// Over the last axis; weight and bias may be absent. `scale` [rows], when given, receives the divisor sqrt(mean(...) + eps).
struct NormArgs {
  Tensor x = {}, weight = {}, bias = {}, out = {}, scale = {};
  float eps = 1e-5f;
  bool center = false;
};

/// cos/sin [rows, rotary/2] of positions[r] * inv_freq[i], both times `magnitude`.
/// positions [rows] i32, inv_freq [1, rotary/2] f32.
/// Angles are computed in f32 as the reference implementations do: float(position) * inv_freq, then cosf/sinf of that product.
struct RopeTableArgs {
  Tensor positions = {}, inv_freq = {}, cos = {}, sin = {};
  float magnitude = 1;
};

/// Rotary embedding (Su et al. 2021, arXiv:2104.09864) of the first 2*cos.size(1) channels of x [rows, heads, hd]; the rest is copied.
/// half-split pairs (i, i + rotary/2); interleaved pairs (2i, 2i+1). out may be x.
struct RopeArgs {
  Tensor x = {}, cos = {}, sin = {}, out = {};
  bool interleaved = false;
};

/// Keys and values of one layer's pages; v_dim 0: its values lie in its keys.
struct KvSizes {
  int kv_heads = 0, k_dim = 0, v_dim = 0;
};
/// Pages of one layer in a block of memory.
struct KvSlab {
  Tensor k = {}, v = {};  // v undefined where values lie in the keys
};

/// The paged KV cache of one layer as a kernel sees it; what a slab holds inside is the backend's affair (see kv_read).
/// Page p of the pool lies in slab p / pages_per_slab. block_table [seqs, max_blocks] i32: page of each block of each sequence.
/// values_in_keys: there are no v_slabs; a value is the first v_dim channels of its key (multi-head latent attention).
struct KvView {
  std::span<const Tensor> k_slabs = {}, v_slabs = {};
  Tensor block_table = {}, lengths = {};  // lengths [seqs] i32: keys present, the rows of this step included
  int pages_per_slab = 0, page_tokens = 0, kv_heads = 0, k_dim = 0, v_dim = 0;
  DType dtype = DType::f16;
  bool values_in_keys = false;
};

struct KvWriteArgs {
  Tensor k = {}, v = {};                         // [rows, kv_heads, k_dim / v_dim]; v absent where values lie in the keys
  KvView kv = {};
  Tensor seq_of_row = {}, index_of_row = {};     // [rows] i32: sequence and slot (cache index) each row is written to
};

/// Keys or values of one sequence as a dense tensor: out [to - from, kv_heads, dim] f32.
struct KvReadArgs {
  KvView kv = {};
  bool values = false;
  int seq = 0;
  int64_t from = 0, to = 0;
  Tensor out = {};
};

/// What may be seen by whom. A key at cache index j is visible to the row at index i when: causal: j <= i; bidirectional: all j < length;
/// and with window > 0: i - j < window (bidirectional: |i - j| <= window).
struct MaskRule {
  enum class Kind : uint8_t { causal, bidirectional } kind = Kind::causal;
  int window = 0;
};

/// score = softcap(q.k * scale) + alibi slope * (j - i) + distance_bias[clamp(j - i, -n, n) + n]; probability = softmax over visible keys (and the head's sink logit, when given).
/// With bf16_alibi_scale s the position term is s * bf16(slope * bf16(j)) instead, rounded to bfloat16 where it says so, as Falcon does.
struct ScoreRule {
  float scale = 1, softcap = 0;
  MaskRule mask = {};
  Tensor alibi_slopes = {}, sinks = {};  // [heads] f32, optional
  Tensor distance_bias = {};             // [heads, 2 n + 1] f32, optional
  float bf16_alibi_scale = 0;
};

/// Most keys a row's list of largest probabilities can hold.
inline constexpr int kMaxRowTop = 64;

/// Streaming-softmax attention; never holds the n x n matrix. q [rows, heads, k_dim], out [rows, heads, v_dim] f32.
/// Query head h reads KV head h / (heads / kv_heads). The optional outputs are computed inside the same pass:
/// lse [rows, heads] log-sum-exp of the scores, max_prob and entropy (nats) [rows, heads], top_values / top_ids [rows, heads, k]
/// (k <= kMaxRowTop; largest first, ties by lower id; 0 and -1 where fewer keys are visible).
struct AttendArgs {
  Tensor q = {};
  KvView kv = {};
  Tensor out = {}, seq_of_row = {}, index_of_row = {};
  ScoreRule rule = {};
  Tensor lse = {}, max_prob = {}, entropy = {}, top_values = {}, top_ids = {};
};

/// The materialised form, one sequence: scores [heads, rows, keys] (-inf where masked) for rows whose cache indices are index_of_row.
struct ScoresArgs {
  Tensor q = {};  // [rows, heads, k_dim]
  KvView kv = {};
  int seq = 0;
  Tensor index_of_row = {};
  ScoreRule rule = {};
  Tensor out = {};
};

/// out[r, h] = sum_j probs[h, r, j] v[j, h / group].  probs [heads, rows, keys], out [rows, heads, v_dim].
struct WeightedValuesArgs {
  Tensor probs = {};
  KvView kv = {};
  int seq = 0;
  Tensor out = {};
};

/// A picture of attention probabilities from kept queries and log-sum-exp, only for the pixels shown:
/// cell (i, j) of head `head` = exp(score - lse[i]); pixel (y, x) is the maximum (or mean) of the cells it covers.
struct AttentionTileArgs {
  Tensor q = {}, lse = {};  // q [rows, heads, k_dim] f32 or f16, lse [rows, heads] f32, row r at cache index index_of_row[r]
  Tensor index_of_row = {};
  KvView kv = {};
  int seq = 0, head = 0;
  int64_t row_from = 0, row_to = 0, key_from = 0, key_to = 0;
  bool mean = false;
  ScoreRule rule = {};
  Tensor out = {};  // [pixel rows, pixel columns] f32; masked cells count as 0
};

/// How a mixture of experts chooses. s = score(logits), e = s + bias; the `used` largest e of the best groups are taken.
/// softmax: over all experts (Switch, Mixtral, Qwen, DeepSeek-V2). sigmoid: DeepSeek-V3 (arXiv:2412.19437, section 2.1.2).
/// softmax_of_chosen: the largest logits are taken, their softmax is the weight (GPT-OSS, GraniteMoE).
/// sparse_mixer: PhiMoE (arXiv:2409.12136): one expert after the other; each one's weight is its probability among the logits
/// within 2 jitter of the largest one left.
struct RouteRule {
  enum class Score : uint8_t { softmax, sigmoid, softmax_of_chosen, sparse_mixer } score = Score::softmax;
  int used = 1;
  int groups = 1, groups_used = 1;  // equal groups of neighbouring experts, of which the groups_used best take part
  bool group_by_two = false;        // a group is as good as its two largest e together, else as its largest
  bool renormalize = false;         // weights / max(their sum, least_sum)
  float least_sum = 0;
  float scale = 1;                  // weights are multiplied with it last
  float jitter = 0;                 // sparse_mixer
  bool operator==(const RouteRule&) const = default;
};

/// logits [rows, experts], bias [experts] or absent; ids [rows, used] i32 and weights [rows, used] f32, largest weight first
/// (sparse_mixer: in the order of choice). forced: ids are given, only the weights are computed.
struct RouteArgs {
  Tensor logits = {}, bias = {}, ids = {}, weights = {};
  RouteRule rule = {};
  bool forced = false;
};

/// out[r] = sum_j weights[r, j] y[slot_ids[r, j]], terms added by ascending slot. weights [rows, n] f32, slot_ids [rows, n] i32, y [slot, dim].
struct CombineArgs {
  Tensor y = {}, slot_ids = {}, weights = {}, out = {};
};

/// out = (clamp(up, -limit, limit) + 1) * g * sigmoid(alpha g), g = min(gate, limit): GPT-OSS' SwiGLU.
struct ClampedGluArgs {
  Tensor gate = {}, up = {}, out = {};
  float alpha = 1.702f, limit = 7;
};

/// In-place change of chosen entries of x [rows, channels]; rows/channels i32, absent = all.
/// scale: x *= factor. add: x += factor * value. replace: x = value. project: x -= factor * (x . v / v . v) v over the chosen channels.
/// value [1 or n chosen rows, n chosen channels].
struct EditArgs {
  enum class Op : uint8_t { scale, add, replace, project } op = Op::scale;
  Tensor x = {}, rows = {}, channels = {}, value = {};
  float factor = 1;
};

}  // namespace vitrine
