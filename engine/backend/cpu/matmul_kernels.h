// SPDX-License-Identifier: Apache-2.0
// The matrix product's inner loops, one table an instruction set. Every table gives the same bits: integer dot products
// are exact, float terms are added per output in rising column order by fused multiply-add. Plain header: kernels
// include it.
#pragma once

#include <cstdint>

#include "engine/backend/cpu/isa.h"
#include "engine/backend/cpu/records.h"

namespace vitrine::cpu {

enum class PlainType : uint8_t { f32, f16, bf16 };

/// Tokens in one tile of f32 activations, laid out [column][token].
constexpr int kFloatTileTokens = 12;

struct Bf16Kernels;  // bf16_kernels.h

struct MatmulKernels {
  /// One token's x, `records` times 32 columns, to codes of scale max|x| / 127; `out` is its tile, `token` its place
  /// there. A block with an infinity or NaN gets scale NaN.
  void (*quantize)(const float* x, int64_t records, uint8_t* out, int width, int token);
  /// out[16] = panel times one quantized token (width 1).
  void (*row)(RecordFormat format, const uint8_t* panel, int64_t records, const uint8_t* x, float* out);
  /// Records [from, from + count) of a panel, to kUnpackedBytes each.
  void (*unpack)(RecordFormat format, const uint8_t* panel, int64_t from, int64_t count, uint8_t* out);
  /// out[t * out_step + 0..15], t < tokens <= kTileTokens = unpacked panel times a tile of quantized tokens.
  void (*tile)(RecordKind kind, const uint8_t* unpacked, int64_t records, const uint8_t* x, int tokens, float* out,
               int64_t out_step);
  /// Unpacked records to f32 [column][16].
  void (*expand)(RecordKind kind, const uint8_t* unpacked, int64_t records, float* out);
  /// Halves or bfloat16 to f32, n a multiple of 16.
  void (*widen)(PlainType type, const void* values, int64_t n, float* out);
  /// out[16] = sum over k of x[k] w[k][16].
  void (*plain_row)(PlainType type, const void* w, int64_t k, const float* x, float* out);
  /// out[t * out_step + 16 p + 0..15] (+)= sum over k of x[k * x_step + t] w[p][k][16]; x_step is kFloatTileTokens, or
  /// 1 for one token; panels (1 or 2) lie `panel_step` floats apart; `more`: continue the sums in out.
  void (*gemm)(const float* x, int x_step, int tokens, const float* w, int64_t panel_step, int panels, int64_t k,
               float* out, int64_t out_step, bool more);
  /// out[0..n) += bias[0..n).
  void (*add_bias)(const float* bias, int64_t n, float* out);
  /// Around calls of `tile` for one kind of record, on each thread: sets the thread's tile registers up and gives them
  /// back. Null where there are none.
  void (*enter_tiles)(RecordKind kind) = nullptr;
  void (*leave_tiles)() = nullptr;
  /// Null where f32 is as fast.
  const Bf16Kernels* bf16 = nullptr;
};

const MatmulKernels& matmul_kernels(Isa isa);

namespace scalar {
extern const MatmulKernels kMatmulKernels;
}
namespace avx2 {
extern const MatmulKernels kMatmulKernels;
}
namespace avx512 {
extern const MatmulKernels kMatmulKernels;
}
namespace avx512_bf16 {
/// A function: a table built before main would run this folder's instructions on every processor.
const Bf16Kernels& bf16_kernels();
}  // namespace avx512_bf16
namespace amx {
/// The AVX-512 table with the integer tiles done in AMX tiles. Functions for the same reason.
MatmulKernels matmul_kernels(const MatmulKernels& avx512);
/// Products of bfloat16 in tiles: for processors with AMX-BF16 only.
const Bf16Kernels& bf16_kernels();
}  // namespace amx

}  // namespace vitrine::cpu
