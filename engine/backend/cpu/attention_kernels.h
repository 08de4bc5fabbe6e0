// SPDX-License-Identifier: Apache-2.0
// Attention over up to 256 keys of one KV head, one table per instruction set; all levels compute the same bits.
// Plain header: the instruction-set files include nothing else of the engine.
//
// How a row is computed, whatever runs beside it: its keys are cut at absolute cache indices divisible by kChunk.
// Within a chunk all scores come first (each a chain of fused multiply-adds over the channels in order), then their
// maximum, the exponentials, their sum (16 interleaved sums) and the weighted values (a chain over the keys in order).
// The chunks' results are joined in order by `merge`. Masked keys contribute exact zeros, so skipping them changes no
// bit.
#pragma once

#include <stdint.h>

namespace vitrine::cpu {

enum class Isa;

constexpr int kChunk = 256;  // keys
constexpr int kGroup = 16;   // keys in one vector
constexpr int kChunkGroups = kChunk / kGroup;
constexpr int kAheadGroups = 4;  // fetched ahead of use
constexpr int kBlockRows = 6;  // query rows in one register tile
constexpr int kMaxTop = 64;    // most keys a row's list can hold

/// The keys and values of one chunk: group g holds keys 16 g .. 16 g + 15 of the chunk.
/// Keys: channel d of the group at k[g] + 16 d, 16 keys side by side. Values: token t at v[g] + t * v_stride.
struct ChunkKeys {
  const void* k[kChunkGroups];
  const void* v[kChunkGroups];
  const void* next[kAheadGroups];  // the keys that come after this chunk; null: none or not known
  int64_t v_stride;                // in elements
  bool half;                       // f16, else f32
};

/// One query row against the chunk: it sees chunk keys from <= j < to.
struct ChunkRow {
  int from, to;
  float bias_slope, bias_at;  // added to the score: slope * (j - at); see also ChunkArgs::bf16_bias
  const float* bias;          // null, or [kChunk]: added to the score of each key
};

/// Running result of a row over chunks seen so far. Start: {-inf, 0, 0, 0 keys, {}}; values all zero.
struct RowState {
  float top, sum, weighted;  // maximum m; sum of e^(s - m); sum of e^(s - m) (s - m)
  int kept;                  // keys in the list below
  float* values;             // [v_pad] sum of e^(s - m) v
  float* best;               // [k] scores, largest first; null: not wanted
  int32_t* best_ids;         // [k] absolute key indices
};

struct ChunkArgs {
  const float* q;       // [rows][k_dim], already scaled
  int rows;             // 1 .. kBlockRows
  int k_dim, v_pad;     // v_pad: v_dim rounded up to 16
  float softcap;        // 0: none
  float bf16_bias;      // not 0: bf16_bias * bf16(slope * bf16(j)) is added instead, j the absolute index of the key
  int first_key;        // absolute index of the chunk's first key
  const ChunkRow* row;  // [rows]
  ChunkKeys keys;
  bool weighted;  // keep RowState::weighted
  int top_k;      // 0: no list
};

struct AttentionKernels {
  /// scores[r * kChunk + j] of the keys in groups that any row sees; -inf where a row does not. Other entries stay.
  void (*scores)(const ChunkArgs& args, float* scores);
  /// Scores, softmax and weighted values of one chunk joined into each row's state. scratch: [kBlockRows * kChunk].
  void (*attend)(const ChunkArgs& args, RowState* const* state, float* scratch);
  /// into <- into joined with the state of the following chunk.
  void (*merge)(RowState& into, const RowState& next, int v_pad, int top_k);
  /// values[r] += sum over keys of p[r * kChunk + j] v_j, j in [from, to) of each row; p is 0 outside.
  void (*weigh)(const ChunkArgs& args, const float* p, float* const* values);
  /// For pictures: column[j] = max(column[j], score - lse[r]) or, with mean, column[j] += e^(score - lse[r]).
  void (*columns)(const ChunkArgs& args, const float* lse, bool mean, float* column, float* scratch);
  /// out[r * out_stride + i] = x[r * x_stride + i], f16 to f32.
  void (*widen)(const uint16_t* x, int64_t x_stride, float* out, int64_t out_stride, int64_t rows, int64_t n);
  /// values[key * v_stride + c] = keys[16 c + key] for sixteen keys and channels c < n.
  void (*turn)(const float* keys, float* values, int64_t v_stride, int64_t n);
  /// x <- e^x in place.
  void (*exponentials)(float* x, int64_t n);
  float (*exponential)(float x);
};

const AttentionKernels& attention_kernels(Isa isa) noexcept;

extern const AttentionKernels attention_kernels_scalar, attention_kernels_avx2, attention_kernels_avx512;

}  // namespace vitrine::cpu
