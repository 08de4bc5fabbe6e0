// SPDX-License-Identifier: Apache-2.0
#include "engine/backend/cpu/kv_access.h"

#include <algorithm>
#include <cstring>

#include "engine/backend/cpu/row_view.h"

namespace vitrine::cpu {

KvAccess::KvAccess(const KvView& kv) : kv_(kv) {
  VT_CHECK(kv.page_tokens > 0 && kv.pages_per_slab > 0 && kv.kv_heads > 0 && kv.k_dim > 0 && kv.v_dim > 0,
           "cache view without sizes");
  VT_CHECK(kv.dtype == DType::f16 || kv.dtype == DType::f32, "cache of ", dtype_info(kv.dtype).name);
  VT_CHECK(kv.v_slabs.size() == (kv.values_in_keys ? 0 : kv.k_slabs.size()), kv.k_slabs.size(), " slabs of keys, ",
           kv.v_slabs.size(), " of values");
  VT_CHECK(!kv.values_in_keys || kv.v_dim <= kv.k_dim, "values of ", kv.v_dim, " channels in keys of ", kv.k_dim);
  for (size_t i = 0; i < kv.k_slabs.size(); ++i) {
    const int64_t heads = int64_t(kv.pages_per_slab) * kv.kv_heads;
    VT_CHECK(kv.k_slabs[i].nbytes() >= heads * head_bytes(false) &&
                 (kv.values_in_keys || kv.v_slabs[i].nbytes() >= heads * head_bytes(true)),
             "slab ", i, " is smaller than ", kv.pages_per_slab, " pages");
  }
  lanes_ = kv.page_tokens % kGroup == 0 ? kGroup : kv.page_tokens;
  if (!kv.block_table.defined()) return;
  VT_CHECK(kv.block_table.rank() == 2 && kv.block_table.dtype() == DType::i32 && kv.block_table.stride(1) == 1,
           "block table must be [seqs, blocks] i32");
  VT_CHECK(kv.lengths.defined() && kv.lengths.dtype() == DType::i32 && kv.lengths.numel() == kv.block_table.size(0),
           "one length a sequence");
  table_ = data_of<const int32_t>(kv.block_table);
  table_stride_ = kv.block_table.stride(0);
  blocks_ = kv.block_table.size(1);
  lengths_ = data_of<const int32_t>(kv.lengths);
  length_stride_ = kv.lengths.rank() ? kv.lengths.stride(-1) : 1;
  seqs_ = int(kv.block_table.size(0));
  const int64_t pages = int64_t(kv.k_slabs.size()) * kv.pages_per_slab;
  for (int s = 0; s < seqs_; ++s) {
    VT_CHECK(length(s) >= 0 && length(s) <= max_tokens(), "sequence ", s, " has ", length(s), " keys, its table ",
             max_tokens());
    for (int64_t token = 0; token < length(s); token += kv.page_tokens)
      VT_CHECK(page_of(s, token) >= 0 && page_of(s, token) < pages, "page ", page_of(s, token), " of ", pages);
  }
}

std::byte* KvAccess::page(bool values, int page, int head) const {
  const Tensor& slab = (values ? kv_.v_slabs : kv_.k_slabs)[size_t(page / kv_.pages_per_slab)];
  const int64_t at = int64_t(page % kv_.pages_per_slab) * kv_.kv_heads + head;
  return slab.storage()->data + slab.byte_offset() + at * head_bytes(values);
}

/// Floats between groups of copied keys: a line more than they take, so that groups do not fall on the same cache sets.
static int64_t group_stride(int k_dim) { return int64_t(k_dim) * kGroup + 16; }

void KvAccess::reserve(ChunkScratch& scratch) const {
  scratch.k.resize(std::max(scratch.k.size(), size_t(kChunkGroups) * size_t(group_stride(kv_.k_dim))));
  scratch.v.resize(std::max(scratch.v.size(), size_t(kChunk) * size_t(v_pad())));
}

void KvAccess::widen(const AttentionKernels& kernels, const std::byte* x, int64_t x_stride, float* out,
                     int64_t out_stride, int64_t rows, int64_t n) const {
  if (half()) {
    kernels.widen(reinterpret_cast<const uint16_t*>(x), x_stride, out, out_stride, rows, n);
  } else {
    for (int64_t r = 0; r < rows; ++r) std::memcpy(out + r * out_stride, x + r * x_stride * 4, size_t(n) * 4);
  }
}

void KvAccess::widen_keys(const AttentionKernels& kernels, int64_t seq, int head, int64_t chunk, int64_t from,
                          int64_t to, float* out) const {
  const int64_t bytes = half() ? 2 : 4;
  if (lanes_ == kGroup) {  // whole groups, as they lie
    for (int64_t g = (from - chunk) / kGroup; chunk + g * kGroup < to; ++g) {
      const int64_t token = chunk + g * kGroup;
      widen(kernels, page_at(false, seq, token, head) + key_offset(token % kv_.page_tokens) * bytes, 0,
            out + g * group_stride(kv_.k_dim), 0, 1, int64_t(kv_.k_dim) * kGroup);
    }
    return;
  }
  for (int64_t token = from; token < to;) {  // the page is one group of another width
    const int64_t slot = token % kv_.page_tokens, at = token - chunk;
    const int64_t n = std::min({to - token, kv_.page_tokens - slot, kGroup - at % kGroup});
    widen(kernels, page_at(false, seq, token, head) + slot * bytes, lanes_,
          out + at / kGroup * group_stride(kv_.k_dim) + at % kGroup, kGroup, kv_.k_dim, n);
    token += n;
  }
}

ChunkKeys KvAccess::chunk(const AttentionKernels& kernels, int64_t seq, int head, int64_t chunk, int64_t from,
                          int64_t to, bool in_place, ChunkScratch& scratch) const {
  if (kv_.values_in_keys) return latents(kernels, seq, head, chunk, from, to, scratch);
  ChunkKeys keys = {};
  const int64_t bytes = half() ? 2 : 4;
  if (in_place) {
    keys.v_stride = kv_.v_dim;
    keys.half = half();
    for (int64_t g = (from - chunk) / kGroup; g * kGroup + chunk < to; ++g) {
      const int64_t token = chunk + g * kGroup, slot = token % kv_.page_tokens;
      keys.k[g] = page_at(false, seq, token, head) + key_offset(slot) * bytes;
      keys.v[g] = page_at(true, seq, token, head) + slot * kv_.v_dim * bytes;
    }
    return keys;
  }
  keys.v_stride = v_pad();
  for (int g = 0; g < kChunkGroups; ++g) {
    keys.k[g] = scratch.k.data() + g * group_stride(kv_.k_dim);
    keys.v[g] = scratch.v.data() + int64_t(g) * kGroup * v_pad();
  }
  widen_keys(kernels, seq, head, chunk, from, to, scratch.k.data());
  for (int64_t token = from; token < to;) {
    const int64_t slot = token % kv_.page_tokens, n = std::min(to - token, kv_.page_tokens - slot);
    widen(kernels, page_at(true, seq, token, head) + slot * kv_.v_dim * bytes, kv_.v_dim,
          scratch.v.data() + (token - chunk) * v_pad(), v_pad(), n, kv_.v_dim);
    token += n;
  }
  return keys;
}

void KvAccess::follow_with(ChunkKeys& keys, int64_t seq, int head, int64_t token) const {
  for (const void*& next : keys.next) {
    if (token >= length(seq)) return;
    next = page_at(false, seq, token, head) + key_offset(token % kv_.page_tokens) * (half() ? 2 : 4);
    token += kGroup;
  }
}

/// Keys copied as f32, and their first v_dim channels turned: [channel][16 keys] to [key][channel].
ChunkKeys KvAccess::latents(const AttentionKernels& kernels, int64_t seq, int head, int64_t chunk, int64_t from,
                            int64_t to, ChunkScratch& scratch) const {
  ChunkKeys keys = {};
  keys.v_stride = v_pad();
  widen_keys(kernels, seq, head, chunk, from, to, scratch.k.data());
  for (int g = 0; g < kChunkGroups; ++g) {
    const float* key = scratch.k.data() + g * group_stride(kv_.k_dim);
    float* value = scratch.v.data() + int64_t(g) * kGroup * v_pad();
    keys.k[g] = key;
    keys.v[g] = value;
    if (chunk + (g + 1) * kGroup <= from || chunk + g * kGroup >= to) continue;
    kernels.turn(key, value, v_pad(), kv_.v_dim);
  }
  return keys;
}

}  // namespace vitrine::cpu
