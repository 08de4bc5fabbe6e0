// SPDX-License-Identifier: Apache-2.0
// The paged key-value cache: allocation, writing rows, reading a sequence back, copying a page.
#include <algorithm>
#include <cstring>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/kv_access.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_kernels.h"
#include "engine/backend/cpu/row_view.h"

namespace vitrine::cpu {

/// One block for all layers is large enough for huge pages, where many small ones would not be.
std::vector<KvSlab> CpuBackend::alloc_kv_slabs(int pages, int page_tokens, std::span<const KvSizes> layers, DType dtype) {
  if (dtype != DType::f16 && dtype != DType::f32)
    throw Error(ErrorKind::unsupported, cat("no key-value cache of ", dtype_info(dtype).name), "use f16 or f32",
                "cache");
  constexpr int64_t kStep = int64_t(Allocator::kAlignment);
  const auto aligned_bytes = [&](const KvSizes& sizes, int dim) {
    return (dtype_bytes(dtype, int64_t(pages) * page_tokens * sizes.kv_heads * dim) + kStep - 1) / kStep * kStep;
  };
  int64_t bytes = 0;
  for (const KvSizes& sizes : layers) {
    VT_CHECK(pages > 0 && page_tokens > 0 && sizes.kv_heads > 0 && sizes.k_dim > 0 && sizes.v_dim >= 0, "empty cache slab");
    bytes += aligned_bytes(sizes, sizes.k_dim) + aligned_bytes(sizes, sizes.v_dim);
  }
  const std::shared_ptr<Storage> block = allocator_->allocate(size_t(bytes));
  std::vector<KvSlab> slabs;
  int64_t at = 0;
  for (const KvSizes& sizes : layers) {
    KvSlab& slab = slabs.emplace_back();
    slab.k = Tensor(block, {pages, sizes.kv_heads, sizes.k_dim, page_tokens}, dtype, at);
    at += aligned_bytes(sizes, sizes.k_dim);
    if (sizes.v_dim > 0) slab.v = Tensor(block, {pages, sizes.kv_heads, page_tokens, sizes.v_dim}, dtype, at);
    at += aligned_bytes(sizes, sizes.v_dim);
  }
  return slabs;
}

void CpuBackend::kv_write(const KvWriteArgs& args) {
  const KvAccess kv(args.kv);
  const bool values = !kv.values_in_keys();
  const Rows k = float_rows(args.k, "k"), v = float_rows(values ? args.v : args.k, "v");
  const Ids seqs(args.seq_of_row, DType::i32, "seq_of_row"), indices(args.index_of_row, DType::i32, "index_of_row");
  const int64_t rows = seqs.columns(), heads = kv.kv_heads(), k_dim = kv.k_dim(), v_dim = kv.v_dim(),
                tokens = kv.page_tokens(), lanes = kv.lanes();
  VT_CHECK(indices.columns() == rows && k.rows() == rows * heads && v.rows() == rows * heads && k.columns() == k_dim &&
               (!values || v.columns() == v_dim),
           "kv_write: k ", args.k.shape().str(), ", v ", args.v.shape().str(), " for ", rows, " rows of ", heads,
           " heads");
  const int32_t *seq = seqs.row(0), *index = indices.row(0);
  for (int64_t r = 0; r < rows; ++r) {
    VT_CHECK(seq[r] >= 0 && seq[r] < kv.seqs() && index[r] >= 0 && index[r] < kv.length(seq[r]), "row ", r,
             " goes to slot ", index[r], " of sequence ", seq[r]);
  }
  split_work(pool_, rows, rows * heads * (k_dim + v_dim) * 4, [&](int64_t from, int64_t to) {
    constexpr int64_t kAtOnce = 512;
    uint16_t narrow[kAtOnce];
    for (int64_t r = from; r < to; ++r) {
      const int64_t slot = index[r] % tokens;
      for (int h = 0; h < heads; ++h) {
        std::byte* key_page = kv.page_at(false, seq[r], index[r], h);
        std::byte* value_page = values ? kv.page_at(true, seq[r], index[r], h) : nullptr;
        const float *key = k.row(r * heads + h), *value = v.row(r * heads + h);
        if (kv.half()) {
          uint16_t* out = reinterpret_cast<uint16_t*>(key_page) + kv.key_offset(slot);
          for (int64_t d = 0; d < k_dim; d += kAtOnce) {
            const int64_t n = std::min(kAtOnce, k_dim - d);
            row_kernels_.to_half(key + d, narrow, n);
            for (int64_t i = 0; i < n; ++i) out[(d + i) * lanes] = narrow[i];
          }
          if (values) row_kernels_.to_half(value, reinterpret_cast<uint16_t*>(value_page) + slot * v_dim, v_dim);
        } else {
          float* out = reinterpret_cast<float*>(key_page) + kv.key_offset(slot);
          for (int64_t d = 0; d < k_dim; ++d) out[d * lanes] = key[d];
          if (values) std::memcpy(reinterpret_cast<float*>(value_page) + slot * v_dim, value, size_t(v_dim) * 4);
        }
      }
    }
  });
}

void CpuBackend::kv_read(const KvReadArgs& args) {
  const KvAccess kv(args.kv);
  VT_CHECK(
      args.seq >= 0 && args.seq < kv.seqs() && args.from >= 0 && args.from <= args.to && args.to <= kv.length(args.seq),
      "kv_read: keys ", args.from, " to ", args.to, " of sequence ", args.seq);
  if (args.from == args.to) return;
  const Rows out = float_rows(args.out, "out");
  const int64_t heads = kv.kv_heads(), tokens = kv.page_tokens(), dim = args.values ? kv.v_dim() : kv.k_dim();
  VT_CHECK(out.rows() == (args.to - args.from) * heads && out.columns() == dim, "kv_read: out ",
           args.out.shape().str());
  split_work(pool_, args.to - args.from, (args.to - args.from) * heads * dim, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const int64_t token = args.from + i, slot = token % tokens;
      for (int h = 0; h < heads; ++h) {
        const bool as_values = args.values && !kv.values_in_keys();
        const std::byte* page = kv.page_at(as_values, args.seq, token, h);
        float* to = out.row(i * heads + h);
        const int64_t start = as_values ? slot * dim : kv.key_offset(slot);
        const int64_t step = as_values ? 1 : kv.lanes();
        if (kv.half()) {
          constexpr int64_t kAtOnce = 512;
          uint16_t narrow[kAtOnce];
          const uint16_t* x = reinterpret_cast<const uint16_t*>(page) + start;
          for (int64_t d = 0; d < dim; d += kAtOnce) {
            const int64_t n = std::min(kAtOnce, dim - d);
            for (int64_t j = 0; j < n; ++j) narrow[j] = x[(d + j) * step];
            row_kernels_.from_half(narrow, to + d, n);
          }
        } else {
          const float* x = reinterpret_cast<const float*>(page) + start;
          for (int64_t d = 0; d < dim; ++d) to[d] = x[d * step];
        }
      }
    }
  });
}

void CpuBackend::kv_copy_page(const KvView& view, int from_page, int to_page) {
  const KvAccess kv(view);
  const int64_t pages = int64_t(view.k_slabs.size()) * view.pages_per_slab;
  VT_CHECK(from_page >= 0 && from_page < pages && to_page >= 0 && to_page < pages, "copy of page ", from_page, " to ",
           to_page);
  if (from_page == to_page) return;
  for (const bool values : {false, true})
    if (!values || !kv.values_in_keys())
      std::memcpy(kv.page(values, to_page, 0), kv.page(values, from_page, 0),
                  size_t(kv.head_bytes(values) * kv.kv_heads()));
}

}  // namespace vitrine::cpu
