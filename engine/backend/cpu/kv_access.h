// SPDX-License-Identifier: Apache-2.0
// Where keys and values lie inside this backend's cache pages, and how a chunk of them is shown to the kernels.
// A page of keys is [kv_head][group][k_dim][lanes]: the same channel of `lanes` neighbouring keys lies side by side.
// lanes is 16 where that divides the page, else the whole page. A page of values is [kv_head][page_tokens][v_dim].
#pragma once

#include <vector>

#include "engine/backend/args.h"
#include "engine/backend/cpu/attention_kernels.h"

namespace vitrine::cpu {

/// Scratch for one worker: a chunk of keys and values as f32.
struct ChunkScratch {
  std::vector<float> k, v;
};

class KvAccess {
 public:
  /// Checks the view: shapes, dtypes, page numbers of every block in use by sequences [0, seqs). Throws on misuse.
  explicit KvAccess(const KvView& kv);

  int kv_heads() const { return kv_.kv_heads; }
  int k_dim() const { return kv_.k_dim; }
  int v_dim() const { return kv_.v_dim; }
  int v_pad() const { return (kv_.v_dim + 15) / 16 * 16; }
  int seqs() const { return seqs_; }
  int page_tokens() const { return kv_.page_tokens; }
  bool half() const { return kv_.dtype == DType::f16; }
  /// A value is the first v_dim channels of its key.
  bool values_in_keys() const { return kv_.values_in_keys; }
  int64_t length(int64_t seq) const { return lengths_[seq * length_stride_]; }
  /// Blocks a sequence may have.
  int64_t max_tokens() const { return blocks_ * kv_.page_tokens; }

  /// First byte of a page's keys or values of one head.
  std::byte* page(bool values, int page, int head) const;
  int page_of(int64_t seq, int64_t token) const { return table_[seq * table_stride_ + token / kv_.page_tokens]; }
  std::byte* page_at(bool values, int64_t seq, int64_t token, int head) const {
    return page(values, page_of(seq, token), head);
  }

  /// Bytes of one head's keys (values) in a page.
  int64_t head_bytes(bool values) const {
    return int64_t(kv_.page_tokens) * (values ? kv_.v_dim : kv_.k_dim) * (half() ? 2 : 4);
  }

  /// Keys side by side, and where channel 0 of the key at `slot` lies in a page's keys of one head (in elements).
  int lanes() const { return lanes_; }
  int64_t key_offset(int64_t slot) const { return slot / lanes_ * lanes_ * kv_.k_dim + slot % lanes_; }
  /// True when the kernels can read the pages as they are.
  bool direct() const { return lanes_ == kGroup && kv_.v_dim % 16 == 0; }
  void reserve(ChunkScratch& scratch) const;
  /// Names the first keys of the chunk that starts at `token` as those that come after `keys`.
  void follow_with(ChunkKeys& keys, int64_t seq, int head, int64_t token) const;
  /// Keys [from, to) of the chunk that starts at `chunk` (from, to absolute): in place, or copied to scratch as f32.
  ChunkKeys chunk(const AttentionKernels& kernels, int64_t seq, int head, int64_t chunk, int64_t from, int64_t to,
                  bool in_place, ChunkScratch& scratch) const;

 private:
  ChunkKeys latents(const AttentionKernels& kernels, int64_t seq, int head, int64_t chunk, int64_t from, int64_t to,
                    ChunkScratch& scratch) const;
  void widen_keys(const AttentionKernels& kernels, int64_t seq, int head, int64_t chunk, int64_t from, int64_t to,
                  float* out) const;
  void widen(const AttentionKernels& kernels, const std::byte* x, int64_t x_stride, float* out, int64_t out_stride,
             int64_t rows, int64_t n) const;

  const KvView& kv_;
  const int32_t* table_ = nullptr;
  const int32_t* lengths_ = nullptr;
  int64_t table_stride_ = 0, length_stride_ = 0, blocks_ = 0;
  int seqs_ = 0, lanes_ = kGroup;
};

}  // namespace vitrine::cpu
