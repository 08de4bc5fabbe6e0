// SPDX-License-Identifier: Apache-2.0
// Pictures of attention: probabilities recomputed exactly from kept queries and log-sum-exp, only for the pixels shown.
#include <algorithm>
#include <limits>

#include "engine/backend/cpu/attend_rows.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_kernels.h"

namespace vitrine::cpu {
namespace {

/// Cells pixel i of `pixels` covers in [from, to); at least one, also when there are more pixels than cells.
Visible cells_of(int64_t i, int64_t pixels, int64_t from, int64_t to) {
  const int64_t n = to - from, first = i * n / pixels, last = (i + 1) * n / pixels;
  return {from + first, from + std::max(last, first + 1)};
}

struct Worker {
  RowBlock rows;
  ChunkScratch chunk;
  std::vector<float> q, column;
  float scores[kBlockRows * kChunk];
};

void fold_columns(const AttentionTileArgs& args, const AttentionKernels& kernels, int64_t start, int64_t rows,
                  std::vector<float>& column, float* pixel, int64_t pixels) {
  if (!args.mean) kernels.exponentials(column.data(), int64_t(column.size()));
  for (int64_t x = 0; x < pixels; ++x) {
    const Visible keys = cells_of(x, pixels, args.key_from, args.key_to);
    float value = 0;
    for (int64_t j = keys.from; j < keys.to; ++j) {
      const float cell = column[size_t(j - start)];
      value = args.mean ? value + cell : std::max(value, cell);
    }
    pixel[x] = args.mean ? value / float(rows * (keys.to - keys.from)) : value;
  }
}

}  // namespace

void CpuBackend::attention_tile(const AttentionTileArgs& args) {
  const KvAccess kv(args.kv);
  const Rows out = float_rows(args.out, "picture");
  const Tensor& q = args.q;
  VT_CHECK(q.defined() && q.rank() == 3 && (q.dtype() == DType::f32 || q.dtype() == DType::f16) && q.stride(2) == 1,
           "q must be [rows, heads, hd]");
  const int64_t heads = q.size(1), group = heads / kv.kv_heads(), hd = kv.k_dim();
  VT_CHECK(q.size(2) == hd && args.lse.shape() == Shape({q.size(0), heads}), "attention_tile: q ", q.shape().str(),
           ", lse ", args.lse.shape().str());
  const Rows lse_rows = float_rows(args.lse, "lse");
  const Ids indices(args.index_of_row, DType::i32, "index_of_row");
  VT_CHECK(indices.columns() == q.size(0), "one index a row");
  const OpenRule rule(args.rule, heads);
  if (args.head < 0 || args.head >= heads || args.seq < 0 || args.seq >= kv.seqs() || args.row_from < 0 ||
      args.row_from >= args.row_to || args.row_to > q.size(0) || args.key_from < 0 || args.key_from >= args.key_to ||
      args.key_to > kv.length(args.seq))
    throw Error(ErrorKind::input,
                cat("rows ", args.row_from, " to ", args.row_to, ", keys ", args.key_from, " to ", args.key_to,
                    " of head ", args.head, " are not there"),
                cat("there are ", q.size(0), " rows, ", kv.length(args.seq < kv.seqs() && args.seq >= 0 ? args.seq : 0),
                    " keys and ", heads, " heads"),
                "attention picture");
  if (args.out.numel() == 0) return;
  const int64_t start = chunk_of(args.key_from), end = chunk_of(args.key_to - 1) + kChunk, pixel_rows = out.rows();
  std::vector<Worker> workers{size_t(pool_.size())};
  for (Worker& worker : workers) {
    kv.reserve(worker.chunk);
    worker.rows.reserve(int((args.row_to - args.row_from) / pixel_rows + 1), int(hd), 0, 0);
    worker.q.resize(size_t(hd));
    worker.column.resize(size_t(end - start));
  }
  const int64_t cost = (args.row_to - args.row_from) * (args.key_to - args.key_from) * hd / 8;
  share_work(pool_, pixel_rows, cost, [&](int64_t task, int w) {
    Worker& worker = workers[size_t(w)];
    const int64_t y = pixel_rows - 1 - task;
    const Visible rows = cells_of(y, pixel_rows, args.row_from, args.row_to);
    worker.rows.start(int(rows.to - rows.from), int(hd), kv.v_pad(), 0, false);
    for (int64_t r = rows.from; r < rows.to; ++r) {
      const int64_t at = r * q.stride(0) + args.head * q.stride(1);
      if (q.dtype() == DType::f16)
        row_kernels_.from_half(data_of<const uint16_t>(q) + at, worker.q.data(), hd);
      else
        std::copy_n(data_of<const float>(q) + at, hd, worker.q.data());
      const int64_t index = indices.row(0)[r];
      Visible seen = visible_keys(rule.mask, index, kv.length(args.seq));
      seen = {std::max(seen.from, args.key_from), std::min(seen.to, args.key_to)};
      worker.rows.set(int(r - rows.from), worker.q.data(), rule.scale, seen, index,
                      rule.slope(args.head), rule.distances(args.head));
    }
    std::fill(worker.column.begin(), worker.column.end(), args.mean ? 0 : -std::numeric_limits<float>::infinity());
    for (int64_t chunk = start; chunk < end; chunk += kChunk) {
      const Visible seen = worker.rows.visible_in(chunk);
      if (seen.from >= seen.to) continue;
      const ChunkKeys open = kv.chunk(attention_kernels_, args.seq, int(args.head / group), chunk, seen.from, seen.to,
                                      kv.direct(), worker.chunk);
      for (int tile = 0; tile < worker.rows.tiles(); ++tile) {
        float lse[kBlockRows];
        const ChunkArgs chunk_args = worker.rows.args(tile, chunk, open, &rule);
        for (int r = 0; r < chunk_args.rows; ++r) lse[r] = lse_rows.row(rows.from + tile * kBlockRows + r)[args.head];
        attention_kernels_.columns(chunk_args, lse, args.mean, worker.column.data() + (chunk - start), worker.scores);
      }
    }
    fold_columns(args, attention_kernels_, start, rows.to - rows.from, worker.column, out.row(y), out.columns());
  });
}

}  // namespace vitrine::cpu
