// SPDX-License-Identifier: Apache-2.0
// The matrix product's integer tiles with AMX, scales in AVX-512 registers.
#include "engine/backend/cpu/avx512/vec16.h"
//
#include "engine/backend/cpu/amx/tile_body.inc"
#include "engine/backend/cpu/amx/tiles.h"

namespace vitrine::cpu::amx {

MatmulKernels matmul_kernels(const MatmulKernels& avx512) { return with_tiles<HardwareTiles>(avx512); }

}  // namespace vitrine::cpu::amx
