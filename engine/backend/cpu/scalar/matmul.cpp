// SPDX-License-Identifier: Apache-2.0
// The matrix product's inner loops in portable C++.
#include "engine/backend/cpu/scalar/vec16.h"
//
#include "engine/backend/cpu/matmul_body.inc"

namespace vitrine::cpu::scalar {

const MatmulKernels kMatmulKernels = kTable;

}  // namespace vitrine::cpu::scalar
