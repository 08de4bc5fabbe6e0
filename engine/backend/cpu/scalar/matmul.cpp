// SPDX-License-Identifier: Apache-2.0
// Matrix products in portable C++.
#include <cmath>

#include "engine/backend/cpu/matmul_kernels.h"

namespace vitrine::cpu {

static void dot_rows(const float* x, int64_t x_step, const float* w, int64_t k, int64_t rows, float* out,
                     int64_t out_step) {
  for (int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (int64_t i = 0; i < k; ++i) sum = std::fma(x[r * x_step + i], w[i], sum);
    out[r * out_step] = sum;
  }
}

const MatmulKernels& matmul_kernels(Isa) {
  static const MatmulKernels table{dot_rows};
  return table;
}

}  // namespace vitrine::cpu
