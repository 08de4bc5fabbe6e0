// SPDX-License-Identifier: Apache-2.0
// The matrix product's inner loops in AVX2 and FMA.
#include "engine/backend/cpu/avx2/vec16.h"
//
#include "engine/backend/cpu/matmul_body.inc"

namespace vitrine::cpu::avx2 {

const MatmulKernels kMatmulKernels = kTable;

}  // namespace vitrine::cpu::avx2
