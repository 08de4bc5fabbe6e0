// SPDX-License-Identifier: Apache-2.0
// The matrix product's inner loops, one table an instruction set.
#pragma once

#include <cstdint>

#include "engine/backend/cpu/isa.h"

namespace vitrine::cpu {

/// out[r * out_step] = sum_k x[r * x_step + k] * w[k] for `rows` rows, terms added in rising k by fused multiply-add.
struct MatmulKernels {
  void (*dot_rows)(const float* x, int64_t x_step, const float* w, int64_t k, int64_t rows, float* out,
                   int64_t out_step);
};

const MatmulKernels& matmul_kernels(Isa isa);

}  // namespace vitrine::cpu
