// SPDX-License-Identifier: Apache-2.0
// Streaming-softmax attention over the paged cache (online softmax: Milakov & Gimelshein 2018; tiling: Dao et al. 2022,
// arXiv:2205.14135; split over keys for decoding: "Flash-Decoding", Dao et al. 2023). Prefill: one task a block of rows
// and KV head, walking its chunks of keys. Few rows over many keys: one task a chunk, results joined in order; a row's
// bits are the same either way, because both join chunks with the same arithmetic.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/backend/cpu/attend_rows.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/parallel.h"

namespace vitrine::cpu {

const AttentionKernels& attention_kernels(Isa isa) noexcept {
#if defined(__x86_64__)
  if (isa >= Isa::avx512) return attention_kernels_avx512;
  if (isa == Isa::avx2) return attention_kernels_avx2;
#endif
  (void)isa;
  return attention_kernels_scalar;
}

namespace {

static_assert(kMaxTop == kMaxRowTop);

struct Worker {
  RowBlock rows;
  ChunkScratch chunk;
  float scores[kBlockRows * kChunk];
};

/// Scratch of the calling thread's pool, kept between calls so that a decoding step allocates nothing.
std::vector<Worker>& workers_of(int threads) {
  thread_local std::vector<Worker> workers;
  if (workers.size() < size_t(threads)) workers.resize(size_t(threads));
  return workers;
}

/// Rows [from, to) of one sequence and one KV head.
struct Task {
  int64_t from, to;
  int head;
};

/// Everything a task needs, checked once.
struct Job {
  const AttentionKernels& kernels;
  KvAccess kv;
  OpenRule rule;
  Rows q, out;
  int64_t rows, heads, group;
  const int32_t *seq, *index;
  bool weighted = false;
  int top_k = 0;
  float *lse, *max_prob, *entropy, *top_values;
  int32_t* top_ids;

  Job(const AttentionKernels& table, const AttendArgs& a)
      : kernels(table),
        kv(a.kv),
        rule(a.rule, a.q.defined() ? a.q.size(1) : 0),
        q(float_rows(a.q, "q")),
        out(float_rows(a.out, "out")) {
    VT_CHECK(a.q.rank() == 3 && a.out.rank() == 3, "attend: q ", a.q.shape().str(), ", out ", a.out.shape().str());
    rows = a.q.size(0);
    heads = a.q.size(1);
    group = heads / kv.kv_heads();
    VT_CHECK(group * kv.kv_heads() == heads, heads, " heads over ", kv.kv_heads(), " KV heads");
    VT_CHECK(a.q.size(2) == kv.k_dim() && a.out.shape() == Shape({rows, heads, kv.v_dim()}), "attend: q ",
             a.q.shape().str(), ", out ", a.out.shape().str(), ", head sizes ", kv.k_dim(), " and ", kv.v_dim());
    const Ids seqs(a.seq_of_row, DType::i32, "seq_of_row"), indices(a.index_of_row, DType::i32, "index_of_row");
    VT_CHECK(seqs.columns() == rows && indices.columns() == rows, "one sequence and index a row");
    seq = seqs.row(0);
    index = indices.row(0);
    for (int64_t r = 0; r < rows; ++r)
      VT_CHECK(seq[r] >= 0 && seq[r] < kv.seqs() && index[r] >= 0, "row ", r, ": sequence ", seq[r], ", index ",
               index[r]);
    lse = per_row(a.lse, "lse");
    max_prob = per_row(a.max_prob, "max_prob");
    entropy = per_row(a.entropy, "entropy");
    weighted = entropy != nullptr;
    VT_CHECK(a.top_values.defined() == a.top_ids.defined(), "top_values and top_ids go together");
    if (a.top_values.defined()) {
      top_k = int(a.top_values.size(-1));
      VT_CHECK(top_k >= 1 && top_k <= kMaxTop, "the ", top_k, " largest of a row; at most ", kMaxTop);
      VT_CHECK(a.top_values.shape() == Shape({rows, heads, top_k}) && a.top_ids.shape() == a.top_values.shape() &&
                   a.top_values.contiguous() && a.top_ids.contiguous() && a.top_ids.dtype() == DType::i32 &&
                   a.top_values.dtype() == DType::f32,
               "top_values ", a.top_values.shape().str(), ", top_ids ", a.top_ids.shape().str());
    }
    top_values = data_of<float>(a.top_values);
    top_ids = data_of<int32_t>(a.top_ids);
  }

  float* per_row(const Tensor& t, const char* what) const {
    if (!t.defined()) return nullptr;
    VT_CHECK(t.dtype() == DType::f32 && t.shape() == Shape({rows, heads}) && t.contiguous(), what, " must be [", rows,
             ", ", heads, "] f32");
    return data_of<float>(t);
  }
  void reserve(const Task& task, RowBlock& block) const {
    block.reserve(int((task.to - task.from) * group), kv.k_dim(), kv.v_pad(), top_k);
  }
  Visible visible(int64_t row) const { return visible_keys(rule.mask, index[row], kv.length(seq[row])); }
};

void load_rows(const Job& job, const Task& task, RowBlock& block) {
  const int64_t group = job.group;
  block.start(int((task.to - task.from) * group), job.kv.k_dim(), job.kv.v_pad(), job.top_k, true);
  for (int64_t r = task.from; r < task.to; ++r) {
    const Visible visible = job.visible(r);
    for (int64_t g = 0; g < group; ++g) {
      const int64_t head = task.head * group + g;
      block.set(int((r - task.from) * group + g), job.q.row(r * job.heads + head), job.rule.scale, visible,
                job.index[r], job.rule.slope(head), job.rule.distances(head));
    }
  }
}

/// A chunk of the keys that a task's rows see.
struct Part {
  const Task* task = nullptr;
  int64_t chunk = 0;
};

/// `next`: what this worker will probably read after it.
void attend_chunk(const Job& job, const Task& task, int64_t chunk, const Part& next, RowBlock& block, Worker& worker) {
  const Visible keys = block.visible_in(chunk);
  if (keys.from >= keys.to) return;
  const bool in_place = job.kv.direct() && (!job.kv.half() || block.rows() <= 2 * kBlockRows);
  ChunkKeys open =
      job.kv.chunk(job.kernels, job.seq[task.from], task.head, chunk, keys.from, keys.to, in_place, worker.chunk);
  if (in_place && next.task) job.kv.follow_with(open, job.seq[next.task->from], next.task->head, next.chunk);
  for (int tile = 0; tile < block.tiles(); ++tile) {
    ChunkArgs args = block.args(tile, chunk, open, &job.rule);
    args.weighted = job.weighted;
    job.kernels.attend(args, block.states(tile), worker.scores);
  }
}

/// Divides by the sum and writes a row's result and statistics.
void finish_row(const Job& job, int64_t row, int64_t head, RowState& s) {
  const float key_sum = s.sum, key_top = s.top;
  float top = s.top, sum = s.sum;
  if (job.rule.sinks) {  // takes part in the denominator only
    const float sink = job.rule.sinks[head], most = std::max(top, sink);
    sum = sum * job.kernels.exponential(top - most) + job.kernels.exponential(sink - most);
    top = most;
  }
  const bool any = s.sum != 0;
  const float share = any ? (job.rule.sinks ? job.kernels.exponential(key_top - top) : 1) / sum : 0;
  float* out = job.out.row(row * job.heads + head);
  for (int c = 0; c < job.kv.v_dim(); ++c) out[c] = s.values[c] * share;
  const int64_t at = row * job.heads + head;
  if (job.lse) job.lse[at] = any || job.rule.sinks ? top + std::log(sum) : -std::numeric_limits<float>::infinity();
  if (job.max_prob) job.max_prob[at] = share;
  // -sum p ln p with p = e^(s - m) share: ln p = (s - m) + ln share
  if (job.entropy) job.entropy[at] = any ? std::max(0.0f, -share * (s.weighted + key_sum * std::log(share))) : 0;
  for (int i = 0; i < job.top_k; ++i) {
    job.top_values[at * job.top_k + i] = i < s.kept ? job.kernels.exponential(s.best[i] - key_top) * share : 0;
    job.top_ids[at * job.top_k + i] = i < s.kept ? s.best_ids[i] : -1;
  }
}

void finish_task(const Job& job, const Task& task, RowBlock& block) {
  for (int i = 0; i < block.rows(); ++i)
    finish_row(job, task.from + i / job.group, task.head * job.group + i % job.group, block.state(i));
}

/// Blocks of consecutive rows of one sequence times KV heads, the last rows (which see most keys) first.
std::vector<Task> cut_tasks(const Job& job, int threads) {
  // As many rows as share a copied chunk of keys, while keys, values and running results fit a second-level cache.
  const int64_t wanted = std::max<int64_t>(1, (job.kv.k_dim() + job.kv.v_dim() > 256 ? 96 : 192) / job.group);
  const int64_t even = (job.rows * job.kv.kv_heads() + 4 * threads - 1) / (4 * threads);
  const int64_t at_once = std::clamp<int64_t>(even, std::min<int64_t>(wanted, 4), wanted);
  std::vector<Task> tasks;
  for (int64_t to = job.rows; to > 0;) {
    int64_t from = to - 1;
    while (from > 0 && to - from < at_once && job.seq[from - 1] == job.seq[to - 1]) --from;
    for (int h = 0; h < job.kv.kv_heads(); ++h) tasks.push_back({from, to, h});
    to = from;
  }
  return tasks;
}

/// One task a chunk of keys; their states are joined afterwards, in order.
void attend_split(const Job& job, const std::vector<Task>& tasks, int64_t cost, ThreadPool& pool,
                  std::vector<Worker>& workers) {
  thread_local std::vector<RowBlock> parts_storage;
  std::vector<Part> parts;
  for (const Task& task : tasks) {
    Visible all = {std::numeric_limits<int64_t>::max(), 0};
    for (int64_t r = task.from; r < task.to; ++r) {
      const Visible keys = job.visible(r);
      all.from = std::min(all.from, keys.from);
      all.to = std::max(all.to, keys.to);
    }
    for (int64_t c = chunk_of(all.from); c == chunk_of(all.from) || c < all.to; c += kChunk) parts.push_back({&task, c});
  }
  if (parts_storage.size() < parts.size()) parts_storage.resize(parts.size());
  RowBlock* blocks = parts_storage.data();
  for (size_t p = 0; p < parts.size(); ++p) job.reserve(*parts[p].task, blocks[p]);
  share_work(pool, int64_t(parts.size()), cost, [&](int64_t p, int w) {
    const Part& part = parts[size_t(p)];
    const size_t next = size_t(p + pool.size());  // the others take those between
    load_rows(job, *part.task, blocks[p]);
    attend_chunk(job, *part.task, part.chunk, next < parts.size() ? parts[next] : Part(), blocks[p], workers[size_t(w)]);
  });
  for (size_t p = 0; p < parts.size();) {
    const size_t first = p;
    for (++p; p < parts.size() && parts[p].task == parts[first].task; ++p)
      for (int i = 0; i < blocks[first].rows(); ++i)
        job.kernels.merge(blocks[first].state(i), blocks[p].state(i), job.kv.v_pad(), job.top_k);
    finish_task(job, *parts[first].task, blocks[first]);
  }
}

}  // namespace

void CpuBackend::attend(const AttendArgs& args) {
  const Job job(attention_kernels_, args);
  if (job.rows == 0) return;
  int64_t pairs = 0;
  for (int64_t r = 0; r < job.rows; ++r) {
    const Visible keys = job.visible(r);
    pairs += std::max<int64_t>(0, keys.to - keys.from);
  }
  const int64_t cost = pairs * job.heads * (job.kv.k_dim() + job.kv.v_dim());
  const std::vector<Task> tasks = cut_tasks(job, pool_.size());
  std::vector<Worker>& workers = workers_of(pool_.size());
  for (Worker& worker : workers) {
    job.kv.reserve(worker.chunk);
    for (const Task& task : tasks) job.reserve(task, worker.rows);
  }
  const bool worth = cost >= kWorthSplitting && pool_.size() > 1;
  if (worth && int64_t(tasks.size()) < 3 * pool_.size() && pairs > 2 * kChunk && job.rows * job.group <= 64) {
    attend_split(job, tasks, cost, pool_, workers);
    return;
  }
  share_work(pool_, int64_t(tasks.size()), cost, [&](int64_t t, int w) {
    Worker& worker = workers[size_t(w)];
    const Task& task = tasks[size_t(t)];
    load_rows(job, task, worker.rows);
    const Visible all = worker.rows.visible_any();
    for (int64_t chunk = all.from < all.to ? chunk_of(all.from) : all.to; chunk < all.to; chunk += kChunk)
      attend_chunk(job, task, chunk, {&task, chunk + kChunk}, worker.rows, worker);
    finish_task(job, task, worker.rows);
  });
}

}  // namespace vitrine::cpu
