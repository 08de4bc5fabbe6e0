// SPDX-License-Identifier: Apache-2.0
// The matrix product's integer tiles with AMX, scales in AVX-512 registers; its products of bfloat16 with AMX, rounded
// with AVX512_BF16.
#include "engine/backend/cpu/avx512_bf16/pairs.h"
//
#include "engine/backend/cpu/amx/bf16_body.inc"
#include "engine/backend/cpu/amx/tile_body.inc"
#include "engine/backend/cpu/amx/tiles.h"

namespace vitrine::cpu::amx {

MatmulKernels matmul_kernels(const MatmulKernels& avx512) { return with_tiles<HardwareTiles>(avx512); }

namespace {

struct Rounding {
  static void row(const float* x, uint16_t* out) { _mm512_storeu_si512(out, rounded_row(x)); }
  static constexpr auto panel = cpu::panel;
};

}  // namespace

const Bf16Kernels& bf16_kernels() {
  static constexpr Bf16Kernels kTable = bf16_in_tiles<HardwareTiles, Rounding>();
  return kTable;
}

}  // namespace vitrine::cpu::amx
