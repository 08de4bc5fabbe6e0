// SPDX-License-Identifier: Apache-2.0
// The materialised form of attention, for looking at or editing scores and probabilities: same scores as `attend`.
#include <algorithm>
#include <limits>

#include "engine/backend/cpu/attend_rows.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/parallel.h"

namespace vitrine::cpu {
namespace {

struct Worker {
  RowBlock rows;
  ChunkScratch chunk;
  float tile[kBlockRows * kChunk];
};

constexpr int64_t kRowsAtOnce = 48;

std::vector<Worker> make_workers(int threads, const KvAccess& kv) {
  std::vector<Worker> workers{size_t(threads)};
  for (Worker& worker : workers) {
    kv.reserve(worker.chunk);
    worker.rows.reserve(kRowsAtOnce, kv.k_dim(), kv.v_pad(), 0);
  }
  return workers;
}

}  // namespace

void CpuBackend::attend_scores(const ScoresArgs& args) {
  const KvAccess kv(args.kv);
  const Rows q = float_rows(args.q, "q"), out = float_rows(args.out, "scores");
  VT_CHECK(args.q.rank() == 3 && args.out.rank() == 3, "attend_scores: q ", args.q.shape().str(), ", out ",
           args.out.shape().str());
  const int64_t rows = args.q.size(0), heads = args.q.size(1), group = heads / kv.kv_heads(), keys = args.out.size(2);
  VT_CHECK(group * kv.kv_heads() == heads && args.q.size(2) == kv.k_dim(), heads, " heads over ", kv.kv_heads(),
           " KV heads");
  VT_CHECK(args.seq >= 0 && args.seq < kv.seqs() && args.out.shape() == Shape({heads, rows, keys}) &&
               keys <= kv.length(args.seq),
           "attend_scores: out ", args.out.shape().str());
  const Ids indices(args.index_of_row, DType::i32, "index_of_row");
  VT_CHECK(indices.columns() == rows, "one index a row");
  const int32_t* index = indices.row(0);
  const OpenRule rule(args.rule, heads);
  if (rows == 0 || keys == 0) return;
  const int64_t blocks = (rows + kRowsAtOnce - 1) / kRowsAtOnce;
  std::vector<Worker> workers = make_workers(pool_.size(), kv);
  share_work(pool_, blocks * heads, rows * heads * keys * kv.k_dim() / 8, [&](int64_t task, int w) {
    Worker& worker = workers[size_t(w)];
    const int64_t head = task % heads, from = task / heads * kRowsAtOnce, to = std::min(rows, from + kRowsAtOnce);
    const int kv_head = int(head / group);
    worker.rows.start(int(to - from), kv.k_dim(), kv.v_pad(), 0, false);
    for (int64_t r = from; r < to; ++r) {
      Visible seen = visible_keys(rule.mask, index[r], kv.length(args.seq));
      seen.to = std::min(seen.to, keys);
      worker.rows.set(int(r - from), q.row(r * heads + head), rule.scale, seen, index[r],
                      rule.slope(head), rule.distances(head));
      std::fill_n(out.row(head * rows + r), keys, -std::numeric_limits<float>::infinity());
    }
    for (int64_t chunk = 0; chunk < keys; chunk += kChunk) {
      const Visible seen = worker.rows.visible_in(chunk);
      if (seen.from >= seen.to) continue;
      const ChunkKeys open =
          kv.chunk(attention_kernels_, args.seq, kv_head, chunk, seen.from, seen.to, false, worker.chunk);
      for (int tile = 0; tile < worker.rows.tiles(); ++tile) {
        const ChunkArgs chunk_args = worker.rows.args(tile, chunk, open, &rule);
        attention_kernels_.scores(chunk_args, worker.tile);
        for (int r = 0; r < chunk_args.rows; ++r) {
          const ChunkRow& row = chunk_args.row[r];
          if (row.from < row.to)
            std::copy_n(worker.tile + r * kChunk + row.from, row.to - row.from,
                        out.row(head * rows + from + tile * kBlockRows + r) + chunk + row.from);
        }
      }
    }
  });
}

void CpuBackend::weighted_values(const WeightedValuesArgs& args) {
  const KvAccess kv(args.kv);
  const Rows probs = float_rows(args.probs, "probs"), out = float_rows(args.out, "out");
  VT_CHECK(args.probs.rank() == 3, "weighted_values: probs ", args.probs.shape().str());
  const int64_t heads = args.probs.size(0), rows = args.probs.size(1), keys = args.probs.size(2),
                group = heads / kv.kv_heads();
  VT_CHECK(group * kv.kv_heads() == heads && args.out.shape() == Shape({rows, heads, kv.v_dim()}),
           "weighted_values: probs ", args.probs.shape().str(), ", out ", args.out.shape().str());
  VT_CHECK(args.seq >= 0 && args.seq < kv.seqs() && keys <= kv.length(args.seq), keys, " keys of sequence ", args.seq);
  if (rows == 0) return;
  const int64_t blocks = (rows + kRowsAtOnce - 1) / kRowsAtOnce;
  std::vector<Worker> workers = make_workers(pool_.size(), kv);
  share_work(pool_, blocks * heads, rows * heads * keys * kv.v_dim() / 8, [&](int64_t task, int w) {
    Worker& worker = workers[size_t(w)];
    const int64_t head = task % heads, from = task / heads * kRowsAtOnce, to = std::min(rows, from + kRowsAtOnce);
    worker.rows.start(int(to - from), 0, kv.v_pad(), 0, true);
    for (int64_t r = from; r < to; ++r) worker.rows.set(int(r - from), nullptr, 1, {0, keys}, r, 0);
    for (int64_t chunk = 0; chunk < keys; chunk += kChunk) {
      const int64_t end = std::min(keys, chunk + kChunk);
      const ChunkKeys open =
          kv.chunk(attention_kernels_, args.seq, int(head / group), chunk, chunk, end, false, worker.chunk);
      for (int tile = 0; tile < worker.rows.tiles(); ++tile) {
        const ChunkArgs chunk_args = worker.rows.args(tile, chunk, open);
        float* values[kBlockRows];
        for (int r = 0; r < chunk_args.rows; ++r) {
          values[r] = worker.rows.state(tile * kBlockRows + r).values;
          std::copy_n(probs.row(head * rows + from + tile * kBlockRows + r) + chunk, end - chunk,
                      worker.tile + r * kChunk);
        }
        attention_kernels_.weigh(chunk_args, worker.tile, values);
      }
    }
    for (int64_t r = from; r < to; ++r)
      std::copy_n(worker.rows.state(int(r - from)).values, kv.v_dim(), out.row(r * heads + head));
  });
}

}  // namespace vitrine::cpu
