// SPDX-License-Identifier: Apache-2.0
// Matrix products and row lookup: checks, splitting over workers; the arithmetic is in matmul_kernels.
#include "engine/backend/cpu/matmul_kernels.h"

#include "engine/backend/cpu/cpu_backend.h"

namespace vitrine::cpu {
namespace {

const std::byte* base(const Tensor& t) { return t.storage()->data + t.byte_offset(); }
float* floats(const Tensor& t) { return reinterpret_cast<float*>(t.storage()->data + t.byte_offset()); }

/// Rows of a matrix whose last axis is dense: leading axes must be mergeable, which all our activations are.
int64_t row_step(const Tensor& t) { return t.rank() < 2 ? t.size(-1) : t.stride(t.rank() - 2); }

void check(const MatmulArgs& a) {
  VT_CHECK(a.x.defined() && a.w.defined() && a.out.defined(), "matmul without x, w or out");
  VT_CHECK(a.w.rank() == 2 && a.x.size(-1) == a.w.size(1) && a.out.size(-1) == a.w.size(0) &&
               a.x.shape().rows() == a.out.shape().rows(),
           "matmul of x ", a.x.shape().str(), " and w ", a.w.shape().str(), " to ", a.out.shape().str());
  VT_CHECK(a.x.dtype() == DType::f32 && a.out.dtype() == DType::f32 && !a.out.storage()->read_only,
           "matmul takes and gives f32");
  VT_CHECK(a.x.contiguous() || (a.x.rank() == 2 && a.x.stride(1) == 1), "matmul of a strided x");
  VT_CHECK(a.out.contiguous() || (a.out.rank() == 2 && a.out.stride(1) == 1), "matmul to a strided out");
  VT_CHECK(!a.bias.defined() || (a.bias.numel() == a.w.size(0) && a.bias.dtype() == DType::f32), "matmul bias");
}

}  // namespace

void CpuBackend::matmul(std::span<const MatmulArgs> group) {
  for (const MatmulArgs& a : group) check(a);
  for (const MatmulArgs& a : group) {
    const int64_t k = a.w.size(1), rows = a.x.shape().rows();
    const Tensor scratch = alloc({threads(), k}, DType::f32);
    pool_.split(a.w.size(0), [&](int64_t from, int64_t to, int worker) {
      float* w = floats(scratch) + worker * k;
      for (int64_t o = from; o < to; ++o) {
        decode_to_f32(a.w.dtype(), base(a.w) + dtype_bytes(a.w.dtype(), o * a.w.stride(0)), k, w);
        matmul_kernels_.dot_rows(floats(a.x), row_step(a.x), w, k, rows, floats(a.out) + o, row_step(a.out));
        if (a.bias.defined())
          for (int64_t r = 0; r < rows; ++r) floats(a.out)[r * row_step(a.out) + o] += floats(a.bias)[o];
      }
    });
  }
}

void CpuBackend::gather_rows(const GatherArgs& args) {
  const Tensor &table = args.table, &ids = args.ids, &out = args.out;
  VT_CHECK(table.defined() && table.rank() == 2 && ids.defined() && ids.dtype() == DType::i32 && ids.contiguous() &&
               out.defined() && out.dtype() == DType::f32 && out.contiguous() &&
               out.numel() == ids.numel() * table.size(1),
           "gather of rows");
  const auto* id = reinterpret_cast<const int32_t*>(base(ids));
  const int64_t dim = table.size(1);
  for (int64_t r = 0; r < ids.numel(); ++r)
    VT_CHECK(id[r] >= 0 && id[r] < table.size(0), "row ", id[r], " of a table of ", table.size(0));
  pool_.split(ids.numel(), [&](int64_t from, int64_t to, int) {
    for (int64_t r = from; r < to; ++r) {
      float* row = floats(out) + r * dim;
      decode_to_f32(table.dtype(), base(table) + dtype_bytes(table.dtype(), id[r] * table.stride(0)), dim, row);
      if (args.scale != 1)
        for (int64_t i = 0; i < dim; ++i) row[i] *= args.scale;
    }
  });
}

}  // namespace vitrine::cpu
