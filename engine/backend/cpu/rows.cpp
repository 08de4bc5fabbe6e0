// SPDX-License-Identifier: Apache-2.0
// Norms, softmax and pointwise operations: shapes are checked here, rows are handed to the kernels of the instruction
// set. Work is split over threads only where it pays: one token of a small model runs on the caller.
#include <algorithm>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_kernels.h"
#include "engine/backend/cpu/row_view.h"

namespace vitrine::cpu {

const RowKernels& row_kernels(Isa isa) noexcept {
#if defined(__x86_64__)
  if (isa >= Isa::avx512) return row_kernels_avx512;
  if (isa == Isa::avx2) return row_kernels_avx2;
#endif
  (void)isa;
  return row_kernels_scalar;
}

namespace {

constexpr int64_t kColumnsAtOnce = 8192;

/// run(offset, n, row): pointwise work over [rows, columns], cut into runs of at most kColumnsAtOnce columns.
template <class Run>
void pointwise(ThreadPool& pool, int64_t rows, int64_t columns, bool dense, int64_t cost, Run run) {
  if (dense) {
    columns *= rows;
    rows = 1;
  }
  if (columns == 0) return;
  const int64_t pieces = (columns + kColumnsAtOnce - 1) / kColumnsAtOnce;
  split_work(pool, rows * pieces, rows * columns * cost, [&](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; ++i) {
      const int64_t start = i % pieces * kColumnsAtOnce;
      run(i / pieces, start, std::min(kColumnsAtOnce, columns - start));
    }
  });
}

void check_same(const Tensor& a, const Tensor& b, const char* op) {
  VT_CHECK(a.shape() == b.shape(), op, ": shapes ", a.shape().str(), " and ", b.shape().str());
}

using Binary = void (*)(const float*, const float*, float*, int64_t);
void binary(ThreadPool& pool, Binary kernel, const Tensor& a, const Tensor& b, const Tensor& out, const char* op) {
  check_same(a, out, op);
  const Rows left = float_rows(a, "first operand"), result = float_rows(out, "result");
  Rows right = float_rows(b, "second operand");
  if (!(b.shape() == a.shape())) {
    VT_CHECK(right.rows() == 1 && b.size(-1) == a.size(-1), op, ": shapes ", a.shape().str(), " and ", b.shape().str());
    right.broadcast(left.rows());
  }
  const bool dense = left.dense() && right.dense() && result.dense();
  pointwise(pool, left.rows(), left.columns(), dense, 1, [&](int64_t r, int64_t at, int64_t n) {
    kernel(left.row(r) + at, right.row(r) + at, result.row(r) + at, n);
  });
}

template <class Kernel>
void unary(ThreadPool& pool, const Tensor& x, const Tensor& out, int64_t cost, const char* op, Kernel kernel) {
  check_same(x, out, op);
  const Rows in = float_rows(x, "x"), result = float_rows(out, "result");
  pointwise(pool, in.rows(), in.columns(), in.dense() && result.dense(), cost,
            [&](int64_t r, int64_t at, int64_t n) { kernel(in.row(r) + at, result.row(r) + at, n); });
}

const float* vector_of(const Tensor& t, int64_t n, const char* what) {
  if (!t.defined()) return nullptr;
  VT_CHECK(t.dtype() == DType::f32 && t.numel() == n && t.contiguous(), what, " must be [", n, "] f32, is ",
           t.shape().str(), " ", dtype_info(t.dtype()).name);
  return data_of<const float>(t);
}

}  // namespace

void CpuBackend::norm(const NormArgs& args) {
  check_same(args.x, args.out, "norm");
  const Rows x = float_rows(args.x, "x"), out = float_rows(args.out, "result");
  const int64_t n = x.columns();
  const float* weight = vector_of(args.weight, n, "norm weight");
  const float* bias = vector_of(args.bias, n, "norm bias");
  float* divisor = nullptr;
  if (args.scale.defined()) {
    vector_of(args.scale, x.rows(), "norm scale");
    divisor = data_of<float>(args.scale);
  }
  split_work(pool_, x.rows(), x.rows() * n * 2, [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; ++r) {
      const float value = row_kernels_.norm(x.row(r), weight, bias, out.row(r), n, args.eps, args.center);
      if (divisor) divisor[r] = value;
    }
  });
}

void CpuBackend::softmax(const Tensor& x, const Tensor& sinks, const Tensor& out) {
  check_same(x, out, "softmax");
  const Rows in = float_rows(x, "x"), result = float_rows(out, "result");
  const float* sink = vector_of(sinks, x.size(0), "softmax sinks");
  const int64_t rows_a_sink = in.rows() / std::max<int64_t>(1, x.rank() > 1 ? x.size(0) : 1);
  split_work(pool_, in.rows(), in.rows() * in.columns() * 4, [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; ++r)
      row_kernels_.softmax(in.row(r), sink ? sink + r / rows_a_sink : nullptr, result.row(r), in.columns());
  });
}

void CpuBackend::add(const Tensor& a, const Tensor& b, const Tensor& out) {
  binary(pool_, row_kernels_.add, a, b, out, "add");
}
void CpuBackend::multiply(const Tensor& a, const Tensor& b, const Tensor& out) {
  binary(pool_, row_kernels_.multiply, a, b, out, "multiply");
}
void CpuBackend::scale(const Tensor& x, float factor, const Tensor& out) {
  unary(pool_, x, out, 1, "scale",
        [&](const float* in, float* to, int64_t n) { row_kernels_.scale(in, factor, to, n); });
}
void CpuBackend::scale_rows(const Tensor& x, const Tensor& factors, const Tensor& out) {
  check_same(x, out, "scale_rows");
  const Rows in = float_rows(x, "x"), result = float_rows(out, "result");
  const float* factor = vector_of(factors, x.size(0), "row factors");
  if (in.rows() == 0) return;
  const int64_t rows_a_factor = in.rows() / (x.rank() > 1 ? x.size(0) : 1);
  split_work(pool_, in.rows(), in.rows() * in.columns(), [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; ++r)
      row_kernels_.scale(in.row(r), factor[r / rows_a_factor], result.row(r), in.columns());
  });
}
void CpuBackend::softcap(const Tensor& x, float cap, const Tensor& out) {
  VT_CHECK(cap > 0, "softcap of ", cap);
  unary(pool_, x, out, 4, "softcap",
        [&](const float* in, float* to, int64_t n) { row_kernels_.softcap(in, cap, to, n); });
}
void CpuBackend::clamp(const Tensor& x, float low, float high, const Tensor& out) {
  VT_CHECK(low <= high, "clamp to ", low, " .. ", high);
  unary(pool_, x, out, 1, "clamp",
        [&](const float* in, float* to, int64_t n) { row_kernels_.clamp(in, low, high, to, n); });
}
void CpuBackend::activate(const Tensor& x, Activation kind, const Tensor& out) {
  unary(pool_, x, out, 4, "activate",
        [&](const float* in, float* to, int64_t n) { row_kernels_.activate(in, int(kind), to, n); });
}
void CpuBackend::gated(const Tensor& gate, const Tensor& up, Activation kind, const Tensor& out) {
  check_same(gate, up, "gated");
  check_same(gate, out, "gated");
  const Rows g = float_rows(gate, "gate"), u = float_rows(up, "up"), result = float_rows(out, "result");
  pointwise(pool_, g.rows(), g.columns(), g.dense() && u.dense() && result.dense(), 4,
            [&](int64_t r, int64_t at, int64_t n) {
              row_kernels_.gated(g.row(r) + at, u.row(r) + at, int(kind), result.row(r) + at, n);
            });
}

void CpuBackend::clamped_glu(const ClampedGluArgs& args) {
  check_same(args.gate, args.up, "clamped_glu");
  check_same(args.gate, args.out, "clamped_glu");
  const Rows g = float_rows(args.gate, "gate"), u = float_rows(args.up, "up"), result = float_rows(args.out, "result");
  pointwise(pool_, g.rows(), g.columns(), g.dense() && u.dense() && result.dense(), 4,
            [&](int64_t r, int64_t at, int64_t n) {
              row_kernels_.clamped_glu(g.row(r) + at, u.row(r) + at, args.alpha, args.limit, result.row(r) + at, n);
            });
}

}  // namespace vitrine::cpu
