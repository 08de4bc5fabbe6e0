// SPDX-License-Identifier: Apache-2.0
// The matrix product's inner loops in AVX-512 with VNNI.
#include "engine/backend/cpu/avx512/vec16.h"
//
#include "engine/backend/cpu/matmul_body.inc"

namespace vitrine::cpu::avx512 {

const MatmulKernels kMatmulKernels = kTable;

}  // namespace vitrine::cpu::avx512
