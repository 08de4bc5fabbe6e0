// SPDX-License-Identifier: Apache-2.0
// Rotary position embeddings: the table of cosines and sines of a step, and the rotation of query and key heads.
#include <cmath>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_kernels.h"
#include "engine/backend/cpu/row_view.h"

namespace vitrine::cpu {

void CpuBackend::rope_table(const RopeTableArgs& args) {
  const Rows cos = float_rows(args.cos, "cos"), sin = float_rows(args.sin, "sin"),
             freq = float_rows(args.inv_freq, "inv_freq");
  VT_CHECK(args.positions.defined() && args.positions.dtype() == DType::i32, "positions must be i32");
  const Ids positions(args.positions, DType::i32, "positions");
  const int64_t rows = args.positions.numel(), half = freq.columns();
  VT_CHECK(cos.rows() == rows && sin.rows() == rows && cos.columns() == half && sin.columns() == half,
           "rope table: cos ", args.cos.shape().str(), ", ", rows, " positions, ", half, " frequencies");
  const int32_t* position = positions.row(0);
  const float* f = freq.row(0);
  split_work(pool_, rows, rows * half * 16, [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; ++r) {
      float *c = cos.row(r), *s = sin.row(r);
      for (int64_t i = 0; i < half; ++i) {
        const float angle = float(position[r]) * f[i];
        c[i] = std::cos(angle) * args.magnitude;
        s[i] = std::sin(angle) * args.magnitude;
      }
    }
  });
}

void CpuBackend::rope(const RopeArgs& args) {
  const Tensor& x = args.x;
  VT_CHECK(x.defined() && x.rank() == 3 && x.shape() == args.out.shape(),
           "rope: x must be [rows, heads, hd] and out like it");
  const Rows in = float_rows(x, "x"), out = float_rows(args.out, "result");
  const Rows cos = float_rows(args.cos, "cos"), sin = float_rows(args.sin, "sin");
  const int64_t heads = x.size(1), n = x.size(2), half = cos.columns();
  VT_CHECK(cos.rows() == x.size(0) && args.cos.shape() == args.sin.shape() && 2 * half <= n, "rope: x ",
           x.shape().str(), ", cos ", args.cos.shape().str(), ", sin ", args.sin.shape().str());
  split_work(pool_, x.size(0), x.numel() * 2, [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; ++r)
      for (int64_t h = 0; h < heads; ++h)
        row_kernels_.rope(in.row(r * heads + h), cos.row(r), sin.row(r), out.row(r * heads + h), half, n,
                          args.interleaved);
  });
}

}  // namespace vitrine::cpu
