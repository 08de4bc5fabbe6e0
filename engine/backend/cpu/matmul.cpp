// SPDX-License-Identifier: Apache-2.0
// Matrix products and row lookup: checks, forms of x, splitting into units of work. The arithmetic is in
// matmul_body.inc. One region of the pool serves a whole group (one more brings a large x into the form its kernels
// read): workers take units (some panels of 16 outputs times some tokens) until none is left. No result
// depends on the splitting.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "engine/backend/cpu/activation_form.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/matmul_kernels.h"
#include "engine/backend/cpu/plain_panels.h"
#include "engine/backend/cpu/weights.h"
#include "engine/core/text.h"

namespace vitrine::cpu {

#if !defined(__x86_64__)
const MatmulKernels& matmul_kernels(Isa) { return scalar::kMatmulKernels; }
#else
const MatmulKernels& matmul_kernels(Isa isa) {
  if (isa == Isa::avx512_bf16) {
    static const MatmulKernels with_bf16 = [] {
      MatmulKernels kernels = avx512::kMatmulKernels;
      kernels.bf16 = &avx512_bf16::bf16_kernels();
      return kernels;
    }();
    return with_bf16;
  }
  if (isa == Isa::amx) {
    static const MatmulKernels with_tiles = [] {
      MatmulKernels kernels = amx::matmul_kernels(avx512::kMatmulKernels);
      if (amx_multiplies_bf16()) kernels.bf16 = &amx::bf16_kernels();
      return kernels;
    }();
    return with_tiles;
  }
  return isa == Isa::scalar ? scalar::kMatmulKernels : isa == Isa::avx2 ? avx2::kMatmulKernels : avx512::kMatmulKernels;
}
#endif

namespace {

constexpr int64_t kAloneBelow =
    64 * 1024;  // activations up to this many values are brought into form by the caller alone
constexpr int64_t kUnpackedBudget = 320 * 1024;  // bytes of unpacked panels of one unit: they stay in the L2 cache

std::byte* base(const Tensor& t) { return t.storage()->data + t.byte_offset(); }
float* floats(const Tensor& t) { return reinterpret_cast<float*>(base(t)); }
int64_t row_step(const Tensor& t) { return t.rank() < 2 ? t.size(-1) : t.stride(t.rank() - 2); }
bool dense_rows(const Tensor& t) { return t.contiguous() || (t.rank() == 2 && t.stride(1) == 1); }
int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Grows, never shrinks; one for each thread and purpose, so that a product allocates nothing in the steady state.
class Scratch {
 public:
  std::byte* at_least(size_t bytes) {
    if (bytes > size_) {
      size_ = (bytes + 4095) / 4096 * 4096;
      data_.reset(static_cast<std::byte*>(std::aligned_alloc(64, size_)));
      if (!data_) {
        size_ = 0;
        throw Error(ErrorKind::memory, cat("no memory for ", bytes, " bytes of scratch"),
                    "choose a shorter prompt chunk", "matmul");
      }
    }
    return data_.get();
  }

 private:
  struct Free {
    void operator()(std::byte* p) const noexcept { std::free(p); }
  };
  std::unique_ptr<std::byte, Free> data_;
  size_t size_ = 0;
};

void check(const MatmulArgs& a) {
  VT_CHECK(a.x.defined() && a.w.defined() && a.out.defined(), "matmul without x, w or out");
  VT_CHECK(a.w.rank() == 2 && a.w.contiguous() && a.w.size(1) > 0 && a.x.size(-1) == a.w.size(1) &&
               a.out.size(-1) == a.w.size(0) && a.x.shape().rows() == a.out.shape().rows(),
           "matmul of x ", a.x.shape().str(), " and w ", a.w.shape().str(), " to ", a.out.shape().str());
  VT_CHECK(a.x.dtype() == DType::f32 && a.out.dtype() == DType::f32 && !a.out.in_file(),
           "matmul takes and gives f32");
  VT_CHECK(dense_rows(a.x) && dense_rows(a.out), "matmul of strided rows");
  VT_CHECK(!a.bias.defined() || (a.bias.numel() == a.w.size(0) && a.bias.dtype() == DType::f32 && a.bias.contiguous()),
           "matmul bias");
}

using Form = ActivationForm;

/// One product of the group, cut into units of unit_panels x unit_tokens.
struct Job {
  Weight w;
  size_t form = 0;
  float* out = nullptr;
  int64_t out_step = 0;
  const float* bias = nullptr;
  int64_t unit_panels = 1, unit_tokens = 1, first_unit = 0;

  int64_t panel_units() const { return ceil_div(w.panels(), unit_panels); }
};

/// Units a worker takes first; whoever has finished his own helps with what is left of the others'.
struct alignas(64) Range {
  std::atomic<int64_t> next{0};
  int64_t end = 0;
};

struct Unit {
  int64_t panel = 0, panel_end = 0, token = 0, token_end = 0;
};

class Product {
 public:
  Product(const MatmulKernels& kernels, std::span<const MatmulArgs> group, int threads);
  void run(ThreadPool& pool);
  /// A few tokens: every weight is read once, from beginning to end.
  bool streams() const { return !jobs_.empty() && forms_.front().width == 1; }
  const void* first_weight() const { return jobs_.front().w.panel(0); }
  /// The stretches of the weights that each part of a run begins with.
  WeightOrder::Parts reads(int parts) const;

 private:
  void size_units(Job& job, int threads, int64_t group_bytes) const;
  void make_forms() noexcept;
  void share_units(int workers);
  void work(int worker, std::byte* scratch) noexcept;
  void run_one(int64_t unit, std::byte* scratch) const noexcept;
  void run_unit(const Job& job, const Unit& unit, std::byte* scratch) const noexcept;
  void integer_rows(const Job& job, const Unit& unit) const noexcept;
  void integer_tiles(const Job& job, const Unit& unit, std::byte* scratch) const noexcept;
  void plain_row(const Job& job, const Unit& unit, std::byte* scratch) const noexcept;
  template <class Panels>
  void tiles(const Job& job, const Unit& unit, Panels panels_of, float* edge) const noexcept;
  void add_bias(const Job& job, const Unit& unit) const noexcept;

  const MatmulKernels& kernels_;
  std::vector<Form> forms_;
  std::vector<Job> jobs_;
  int64_t units_ = 0, form_tiles_ = 0, form_values_ = 0, scratch_bytes_ = 0;
  std::atomic<int64_t> next_tile_{0};
  Range* ranges_ = nullptr;
  int workers_ = 1;
};

Product::Product(const MatmulKernels& kernels, std::span<const MatmulArgs> group, int threads) : kernels_(kernels) {
  int64_t group_bytes = 0;
  forms_.reserve(group.size());
  jobs_.reserve(group.size());
  for (const MatmulArgs& a : group) {
    check(a);
    if (a.x.shape().rows() == 0 || a.w.size(0) == 0) continue;
    Job job{.w = Weight(a.w), .out = floats(a.out), .out_step = row_step(a.out)};
    if (a.bias.defined()) job.bias = floats(a.bias);
    const Form form(floats(a.x), row_step(a.x), a.x.shape().rows(), a.x.size(-1),
                    arithmetic_of(kernels, job.w, a.precision), kernels);
    while (job.form < forms_.size() && !forms_[job.form].same(form)) ++job.form;
    if (job.form == forms_.size()) forms_.push_back(form);
    group_bytes += job.w.panels() * job.w.panel_bytes();
    jobs_.push_back(job);
  }
  for (Job& job : jobs_) {
    size_units(job, threads, group_bytes);
    const Form& form = forms_[job.form];
    job.first_unit = units_;
    units_ += job.panel_units() * ceil_div(form.rows, job.unit_tokens);
    const int64_t unpacked =
        form.integer() && form.width > 1 ? job.unit_panels * job.w.record_count() * kUnpackedBytes : 0;
    const int64_t edge = 2 * kPanelRows * job.unit_tokens * int64_t(sizeof(float));
    scratch_bytes_ = std::max(scratch_bytes_, unpacked + edge + 3 * Weight::kScratchBytes);
  }
}

void Product::size_units(Job& job, int threads, int64_t group_bytes) const {
  const Form& form = forms_[job.form];
  const int64_t wanted = 4 * threads, panels = job.w.panels();
  job.unit_tokens = form.rows;
  if (form.width == 1) {  // streaming: long runs through memory, yet several for each worker
    const int64_t bytes = std::clamp<int64_t>(group_bytes / wanted, 16 * 1024, 1024 * 1024);
    job.unit_panels = std::clamp<int64_t>(bytes / job.w.panel_bytes(), 1, panels);
    return;
  }
  job.unit_panels =
      form.integer() ? std::clamp<int64_t>(kUnpackedBudget / (job.w.record_count() * kUnpackedBytes), 1, 8) : 2;
  while (job.unit_panels > 1 && ceil_div(panels, job.unit_panels) < wanted) job.unit_panels /= 2;
  int64_t pieces = std::min(ceil_div(wanted, job.panel_units()), ceil_div(form.rows, 4 * form.width));
  job.unit_tokens = ceil_div(ceil_div(form.rows, pieces), form.width) * form.width;
}

void Product::run(ThreadPool& pool) {
  if (jobs_.empty()) return;
  thread_local Scratch form_scratch;
  int64_t bytes = 0;
  for (const Form& form : forms_) bytes += form.bytes();
  std::byte* data = form_scratch.at_least(size_t(bytes));
  for (Form& form : forms_) {
    form.data = data;
    data += form.bytes();
    form_tiles_ += form.as_it_is() ? 0 : form.tiles();
    form_values_ += form.as_it_is() ? 0 : form.rows * form.columns;
  }
  static thread_local Scratch caller_scratch;
  std::byte* first = caller_scratch.at_least(size_t(scratch_bytes_) * size_t(pool.size()));
  const bool together = form_values_ > kAloneBelow && pool.size() > 1;
  if (together)
    pool.run([&](int) { make_forms(); });
  else
    make_forms();
  const bool alone = units_ == 1 || pool.size() == 1;
  share_units(alone ? 1 : pool.size());
  if (alone) return work(0, first);
  pool.run([&](int worker) { work(worker, first + size_t(worker) * size_t(scratch_bytes_)); });
}

WeightOrder::Parts Product::reads(int parts) const {
  WeightOrder::Parts list(static_cast<size_t>(parts));
  for (int part = 0; part < parts; ++part) {
    const int64_t first = units_ * part / parts, end = units_ * (part + 1) / parts;
    size_t stretch = 0;
    for (const Job& job : jobs_) {
      if (forms_[job.form].width != 1) continue;
      const int64_t from = std::max<int64_t>(0, first - job.first_unit) * job.unit_panels;
      const int64_t to = std::min((end - job.first_unit) * job.unit_panels, job.w.panels());
      if (from >= to || stretch == list[0].size()) continue;
      list[size_t(part)][stretch++] = {reinterpret_cast<const std::byte*>(job.w.panel(from)), (to - from) * job.w.panel_bytes()};
    }
  }
  return list;
}

void Product::make_forms() noexcept {
  for (int64_t at; (at = next_tile_.fetch_add(1, std::memory_order_relaxed)) < form_tiles_;) {
    size_t form = 0;
    for (; forms_[form].as_it_is() || at >= forms_[form].tiles(); ++form)
      if (!forms_[form].as_it_is()) at -= forms_[form].tiles();
    forms_[form].make_tile(kernels_, at);
  }
}

/// Neighbouring units lie side by side in memory: one worker streams through them.
void Product::share_units(int workers) {
  thread_local Scratch range_scratch;
  std::byte* memory = range_scratch.at_least(sizeof(Range) * size_t(workers));
  for (int w = 0; w < workers; ++w) {
    Range* range = new (memory + sizeof(Range) * size_t(w)) Range;
    range->next.store(units_ * w / workers, std::memory_order_relaxed);
    range->end = units_ * (w + 1) / workers;
  }
  ranges_ = reinterpret_cast<Range*>(memory);
  workers_ = workers;
}

void Product::work(int worker, std::byte* scratch) noexcept {
  for (int i = 0; i < workers_; ++i) {
    Range& range = ranges_[(worker + i) % workers_];
    for (int64_t unit; (unit = range.next.fetch_add(1, std::memory_order_relaxed)) < range.end;) run_one(unit, scratch);
  }
}

void Product::run_one(int64_t unit, std::byte* scratch) const noexcept {
  size_t at = 0;
  while (at + 1 < jobs_.size() && unit >= jobs_[at + 1].first_unit) ++at;
  const Job& job = jobs_[at];
  const int64_t local = unit - job.first_unit, piece = local / job.panel_units(), part = local % job.panel_units();
  const int64_t panel = part * job.unit_panels, token = piece * job.unit_tokens;
  run_unit(job,
           {panel, std::min(panel + job.unit_panels, job.w.panels()), token,
            std::min(token + job.unit_tokens, forms_[job.form].rows)},
           scratch);
}

void Product::run_unit(const Job& job, const Unit& unit, std::byte* scratch) const noexcept {
  const Form& form = forms_[job.form];
  if (form.integer() && form.width == 1)
    integer_rows(job, unit);
  else if (form.integer())
    integer_tiles(job, unit, scratch);
  else if (form.width == 1 && job.w.plain())
    plain_row(job, unit, scratch);
  else {
    auto* edge = reinterpret_cast<float*>(scratch + 3 * Weight::kScratchBytes);
    return form.arithmetic == Arithmetic::bf16
               ? tiles(job, unit, Bf16Panels(kernels_, job.w, form.width, scratch), edge)
               : tiles(job, unit, FloatPanels(kernels_, job.w, scratch), edge);
  }
  if (job.bias) add_bias(job, unit);
}

/// Columns of the output that a panel has; the last one may be cut.
int64_t valid_rows(const Weight& w, int64_t panel) {
  return std::min<int64_t>(kPanelRows, w.rows() - panel * kPanelRows);
}

void Product::integer_rows(const Job& job, const Unit& unit) const noexcept {
  const Form& form = forms_[job.form];
  for (int64_t p = unit.panel; p < unit.panel_end; ++p)
    for (int64_t t = unit.token; t < unit.token_end; ++t) {
      float* out = job.out + t * job.out_step + p * kPanelRows;
      const int64_t valid = valid_rows(job.w, p);
      alignas(64) float sums[kPanelRows];
      kernels_.row(*job.w.records(), job.w.panel(p), job.w.record_count(),
                   reinterpret_cast<const uint8_t*>(form.tile(t)), valid == kPanelRows ? out : sums);
      if (valid < kPanelRows) std::memcpy(out, sums, size_t(valid) * sizeof(float));
    }
}

void Product::integer_tiles(const Job& job, const Unit& unit, std::byte* scratch) const noexcept {
  const Form& form = forms_[job.form];
  const RecordFormat format = *job.w.records();
  const RecordKind kind = kind_of(record_info(format).scales);
  const int64_t records = job.w.record_count(), step = records * kUnpackedBytes;
  auto* unpacked = reinterpret_cast<uint8_t*>(scratch);
  auto* edge = reinterpret_cast<float*>(unpacked + job.unit_panels * step);
  for (int64_t p = unit.panel; p < unit.panel_end; ++p)
    kernels_.unpack(format, job.w.panel(p), 0, records, unpacked + (p - unit.panel) * step);
  if (kernels_.enter_tiles) kernels_.enter_tiles(kind);
  for (int64_t t = unit.token; t < unit.token_end; t += kTileTokens) {
    const int tokens = int(std::min<int64_t>(kTileTokens, unit.token_end - t));
    const auto* x = reinterpret_cast<const uint8_t*>(form.tile(t / kTileTokens));
    for (int64_t p = unit.panel; p < unit.panel_end; ++p) {
      float* out = job.out + t * job.out_step + p * kPanelRows;
      const int64_t valid = valid_rows(job.w, p);
      const uint8_t* w = unpacked + (p - unit.panel) * step;
      if (valid == kPanelRows) {
        kernels_.tile(kind, w, records, x, tokens, out, job.out_step);
        continue;
      }
      kernels_.tile(kind, w, records, x, tokens, edge, kPanelRows);
      for (int i = 0; i < tokens; ++i)
        std::memcpy(out + i * job.out_step, edge + i * kPanelRows, size_t(valid) * sizeof(float));
    }
  }
  if (kernels_.leave_tiles) kernels_.leave_tiles();
}

void Product::plain_row(const Job& job, const Unit& unit, std::byte* scratch) const noexcept {
  const Form& form = forms_[job.form];
  const PlainType type = *job.w.plain();
  auto* sums = reinterpret_cast<float*>(scratch);
  for (int64_t p = unit.panel; p < unit.panel_end; ++p) {
    float* out = job.out + p * kPanelRows;
    const int64_t valid = valid_rows(job.w, p);
    float* to = valid == kPanelRows ? out : sums;
    if (form.arithmetic == Arithmetic::bf16)
      kernels_.bf16->row(type, job.w.panel(p), job.w.columns(), reinterpret_cast<const uint16_t*>(form.tile(0)), to);
    else
      kernels_.plain_row(type, job.w.panel(p), job.w.columns(), form.x, to);
    if (to == sums) std::memcpy(out, sums, size_t(valid) * sizeof(float));
  }
}

/// Two panels at a time, chunk of columns by chunk, all tokens of the unit.
template <class Panels>
void Product::tiles(const Job& job, const Unit& unit, Panels panels_of, float* edge) const noexcept {
  const Form& form = forms_[job.form];
  for (int64_t p = unit.panel; p < unit.panel_end; p += 2) {
    const int panels = int(std::min<int64_t>(2, unit.panel_end - p));
    const int64_t valid = std::min<int64_t>(panels * kPanelRows, job.w.rows() - p * kPanelRows);
    const bool cut = valid < panels * kPanelRows;
    float* out = cut ? edge : job.out + unit.token * job.out_step + p * kPanelRows;
    const int64_t out_step = cut ? panels * kPanelRows : job.out_step;
    for (int64_t from = 0, count; from < job.w.columns(); from += count) {
      count = std::min(panels_of.most_columns(), job.w.columns() - from);
      panels_of.open(p, panels, from, count);
      const bool last = from + count == job.w.columns();
      const float* bias = last && job.bias && !cut ? job.bias + p * kPanelRows : nullptr;
      for (int64_t t = unit.token; t < unit.token_end; t += form.width) {
        const int64_t tokens = std::min<int64_t>(form.width, unit.token_end - t);
        const bool biased = panels_of.multiply(form, t / form.width, int(tokens), panels, from, count,
                                               out + (t - unit.token) * out_step, out_step, bias);
        if (!last) continue;
        if (cut)
          for (int64_t i = t; i < t + tokens; ++i)
            std::memcpy(job.out + i * job.out_step + p * kPanelRows, edge + (i - unit.token) * out_step,
                        size_t(valid) * sizeof(float));
        if (job.bias && !biased) add_bias(job, {p, p + panels, t, t + tokens});  // while the rows are in the first-level cache
      }
    }
  }
}

void Product::add_bias(const Job& job, const Unit& unit) const noexcept {
  const int64_t from = unit.panel * kPanelRows, to = std::min(unit.panel_end * kPanelRows, job.w.rows());
  for (int64_t t = unit.token; t < unit.token_end; ++t)
    kernels_.add_bias(job.bias + from, to - from, job.out + t * job.out_step + from);
}

}  // namespace

/// Tells the waiting workers which weights come after these; whoever else multiplies at the same time goes without.
static void expect_next(const Product& product, WeightOrder& order, ThreadPool& pool) {
  const WeightOrder::Parts& next = order.follow(product.first_weight(), [&] { return product.reads(pool.size()); });
  for (int part = 1; part < pool.size(); ++part) pool.expect(part, next[size_t(part)]);
}

void CpuBackend::matmul(std::span<const MatmulArgs> group) {
  Product product(matmul_kernels_, group, threads());
  if (product.streams() && pool_.size() > 1)
    if (std::unique_lock only(weight_order_busy_, std::try_to_lock); only) expect_next(product, weight_order_, pool_);
  product.run(pool_);
}

void CpuBackend::gather_rows(const GatherArgs& args) {
  const Tensor &table = args.table, &ids = args.ids, &out = args.out;
  VT_CHECK(table.defined() && table.rank() == 2 && table.contiguous() && ids.defined() && ids.dtype() == DType::i32 &&
               ids.contiguous() && out.defined() && out.dtype() == DType::f32 && out.contiguous() &&
               out.numel() == ids.numel() * table.size(1),
           "gather of rows");
  const auto* id = reinterpret_cast<const int32_t*>(base(ids));
  const Weight w(table);
  for (int64_t r = 0; r < ids.numel(); ++r)
    VT_CHECK(id[r] >= 0 && id[r] < w.rows(), "row ", id[r], " of a table of ", w.rows());
  const auto rows = [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; ++r) {
      float* row = floats(out) + r * w.columns();
      w.row_f32(matmul_kernels_, id[r], row);
      if (args.scale != 1)
        for (int64_t i = 0; i < w.columns(); ++i) row[i] *= args.scale;
    }
  };
  if (ids.numel() < 4) return rows(0, ids.numel());
  pool_.split(ids.numel(), [&](int64_t from, int64_t to, int) { rows(from, to); });
}

}  // namespace vitrine::cpu
