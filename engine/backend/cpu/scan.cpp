// SPDX-License-Identifier: Apache-2.0
// Kernels that carry a state along time: shapes are checked here; sequences and runs of channels are shared out over the threads.
#include <algorithm>
#include <vector>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_view.h"
#include "engine/backend/cpu/scan_kernels.h"

namespace vitrine::cpu {

const ScanKernels& scan_kernels(Isa isa) noexcept {
#if defined(__x86_64__)
  if (isa >= Isa::avx512) return scan_kernels_avx512;
  if (isa == Isa::avx2) return scan_kernels_avx2;
#endif
  (void)isa;
  return scan_kernels_scalar;
}

namespace {

constexpr int64_t kUnitChannels = 2 * kScanLanes;

/// A matrix whose rows may lie apart.
struct Lines {
  float* data = nullptr;
  int64_t step = 0;

  Lines(const Tensor& t, int64_t rows, int64_t columns, const char* what) {
    VT_CHECK(t.defined() && t.dtype() == DType::f32 && t.rank() == 2 && t.size(0) == rows && t.size(1) == columns && (columns == 1 || t.stride(1) == 1),
             what, " must be [", rows, ", ", columns, "] f32, is ", t.shape().str());
    data = data_of<float>(t);
    step = t.stride(0);
  }
  float* at(int64_t row, int64_t column) const { return data + row * step + column; }
};

float* plain(const Tensor& t, int64_t n, const char* what, bool optional = false) {
  if (optional && !t.defined()) return nullptr;
  VT_CHECK(t.defined() && t.dtype() == DType::f32 && t.contiguous() && t.numel() == n, what, " must hold ", n, " f32, is ", t.shape().str());
  return data_of<float>(t);
}

void check_runs(std::span<const StateRun> runs, int64_t rows, int64_t state, bool after_needed) {
  for (const StateRun& run : runs) {
    VT_CHECK(run.rows > 0 && run.first_row >= 0 && run.first_row + run.rows <= rows, "rows ", run.first_row, " + ", run.rows, " of ", rows);
    plain(run.before, state, "state before", true);
    plain(run.after, state, "state after", !after_needed);
    VT_CHECK(!run.after.defined() || !run.before.defined() || data_of<float>(run.after) != data_of<float>(run.before), "a state in its own place");
  }
}

float* scratch(int64_t floats) {
  thread_local std::vector<float> held;
  if (int64_t(held.size()) < floats + 16) held.resize(size_t(floats + 16));
  const auto address = reinterpret_cast<uintptr_t>(held.data());
  return held.data() + (64 - address % 64) % 64 / sizeof(float);
}

/// task(run, unit) for every run of rows and every unit of channels.
template <class Task>
void each_unit(ThreadPool& pool, std::span<const StateRun> runs, int64_t units, int64_t cost, Task task) {
  share_work(pool, int64_t(runs.size()) * units, cost, [&](int64_t i, int) { task(runs[size_t(i / units)], i % units); });
}

}  // namespace

void CpuBackend::time_step(const TimeStepArgs& args) {
  VT_CHECK(args.x.shape() == args.out.shape(), "time step: shapes ", args.x.shape().str(), " and ", args.out.shape().str());
  const Rows x = float_rows(args.x, "x"), out = float_rows(args.out, "time steps");
  const float* bias = plain(args.bias, x.columns(), "time step bias", true);
  split_work(pool_, x.rows(), x.rows() * x.columns() * 8, [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; ++r) scan_kernels_.time_step(x.row(r), bias, args.least, args.most, out.row(r), x.columns());
  });
}

void CpuBackend::conv1d(const Conv1dArgs& args) {
  const int64_t rows = args.x.size(0), channels = args.weight.size(-1), taps = args.weight.size(0);
  const Lines x(args.x, rows, channels, "conv input"), out(args.out, rows, channels, "conv output");
  const float *weight = plain(args.weight, taps * channels, "conv weight"), *bias = plain(args.bias, channels, "conv bias", true);
  check_runs(args.runs, rows, taps * channels, false);
  const int64_t units = (channels + kUnitChannels - 1) / kUnitChannels;
  each_unit(pool_, args.runs, units, rows * channels * taps, [&](const StateRun& run, int64_t unit) {
    const int64_t at = unit * kUnitChannels;
    const float* before = data_of<float>(run.before);
    float* after = data_of<float>(run.after);
    scan_kernels_.conv({.x = x.at(run.first_row, at), .weight = weight + at, .bias = bias ? bias + at : nullptr, .out = out.at(run.first_row, at),
                        .before = before ? before + at : nullptr, .after = after ? after + at : nullptr, .x_step = x.step, .weight_step = channels,
                        .out_step = out.step, .state_step = channels, .rows = run.rows, .width = std::min(kUnitChannels, channels - at),
                        .taps = int(taps)});
  });
}

void CpuBackend::selective_scan(const SelectiveScanArgs& args) {
  const bool per_head = args.a.rank() == 1;
  const int64_t rows = args.x.size(0), channels = args.x.size(-1), groups = args.groups;
  const int64_t heads = per_head ? args.a.size(0) : channels, state = groups > 0 ? args.b.size(-1) / groups : 0;
  VT_CHECK(state > 0 && channels % groups == 0 && heads > 0 && channels % heads == 0 && (!per_head || heads % groups == 0), "scan of ", channels,
           " channels in ", heads, " heads and ", groups, " groups");
  const Lines x(args.x, rows, channels, "scan input"), dt(args.dt, rows, heads, "time steps"), b(args.b, rows, groups * state, "b"),
      c(args.c, rows, groups * state, "c"), out(args.out, rows, channels, "scan output");
  const float *a = plain(args.a, per_head ? heads : state * channels, "a"), *d = plain(args.d, heads, "d");
  float* states = plain(args.states, rows * state * channels, "states", true);
  check_runs(args.runs, rows, state * channels, true);
  const int64_t head_width = channels / heads, group_width = channels / groups;
  const bool one_row = per_head && !states && head_width % 16 == 0 && head_width <= kScanRowChannels &&
                       std::all_of(args.runs.begin(), args.runs.end(), [](const StateRun& run) { return run.rows == 1; });
  // Channels that share a group (and, but for single rows, a head), and how many of them one unit takes.
  const int64_t span = one_row || !per_head ? group_width : head_width;
  const int64_t width = one_row    ? std::clamp(channels / (2 * pool_.size()) / head_width, int64_t(1), kScanRowChannels / head_width) * head_width
                        : per_head ? span
                                   : std::min(span, kUnitChannels);
  const int64_t pieces = (span + width - 1) / width;
  each_unit(pool_, args.runs, channels / span * pieces, rows * channels * state * (per_head ? 1 : 4), [&](const StateRun& run, int64_t unit) {
    const int64_t at = unit / pieces * span + unit % pieces * width, group = at / group_width * state, head = per_head ? at / head_width : at;
    const float* before = data_of<float>(run.before);
    (one_row ? scan_kernels_.scan_row : scan_kernels_.scan)(
        {.x = x.at(run.first_row, at), .dt = dt.at(run.first_row, head), .a = a + (per_head ? head : at), .b = b.at(run.first_row, group),
         .c = c.at(run.first_row, group), .d = d + head, .out = out.at(run.first_row, at), .before = before ? before + at : nullptr,
         .after = data_of<float>(run.after) + at, .states = states ? states + run.first_row * state * channels + at : nullptr, .x_step = x.step,
         .dt_step = dt.step, .a_step = channels, .b_step = b.step, .c_step = c.step, .out_step = out.step, .state_step = channels,
         .states_step = state * channels, .rows = run.rows, .state = state, .width = std::min(width, span - unit % pieces * width),
         .head_width = head_width, .per_head = per_head});
  });
}

void CpuBackend::delta_rule(const DeltaRuleArgs& args) {
  const int64_t rows = args.q.size(0), key_heads = args.key_heads, heads = args.decay.size(-1);
  VT_CHECK(key_heads > 0 && heads % key_heads == 0 && args.q.size(-1) % key_heads == 0 && args.v.size(-1) % heads == 0, "delta rule: q ",
           args.q.shape().str(), ", v ", args.v.shape().str(), " of ", heads, " heads on ", key_heads);
  const int64_t key_dim = args.q.size(-1) / key_heads, value_dim = args.v.size(-1) / heads;
  const Lines q(args.q, rows, key_heads * key_dim, "q"), k(args.k, rows, key_heads * key_dim, "k"), v(args.v, rows, heads * value_dim, "v"),
      decay(args.decay, rows, heads, "decay"), beta(args.beta, rows, heads, "beta"), out(args.out, rows, heads * value_dim, "delta rule output");
  const int64_t one = key_dim * value_dim;
  float* states = plain(args.states, rows * heads * one, "states", true);
  check_runs(args.runs, rows, heads * one, true);
  each_unit(pool_, args.runs, heads, rows * heads * one * 2, [&](const StateRun& run, int64_t head) {
    const int64_t key = head / (heads / key_heads) * key_dim, row = run.first_row;
    const float* before = data_of<float>(run.before);
    scan_kernels_.delta({.q = q.at(row, key), .k = k.at(row, key), .v = v.at(row, head * value_dim), .decay = decay.at(row, head),
                         .beta = beta.at(row, head), .out = out.at(row, head * value_dim), .before = before ? before + head * one : nullptr,
                         .after = data_of<float>(run.after) + head * one, .states = states ? states + (row * heads + head) * one : nullptr,
                         .scratch = scratch(key_dim * kScanLanes), .q_step = q.step, .k_step = k.step, .v_step = v.step,
                         .decay_step = decay.step, .beta_step = beta.step, .out_step = out.step, .states_step = heads * one, .rows = run.rows,
                         .key_dim = key_dim, .value_dim = value_dim});
  });
}

void CpuBackend::rg_lru(const RgLruArgs& args) {
  const int64_t rows = args.x.size(0), channels = args.x.size(-1);
  const Lines x(args.x, rows, channels, "x"), input(args.input_gate, rows, channels, "input gate"),
      recurrence(args.recurrence_gate, rows, channels, "recurrence gate"), out(args.out, rows, channels, "RG-LRU output");
  const float* decay = plain(args.decay, channels, "decay");
  check_runs(args.runs, rows, channels, true);
  const int64_t units = (channels + kUnitChannels - 1) / kUnitChannels;
  each_unit(pool_, args.runs, units, rows * channels * 16, [&](const StateRun& run, int64_t unit) {
    const int64_t at = unit * kUnitChannels, row = run.first_row;
    const float* before = data_of<float>(run.before);
    scan_kernels_.rg_lru({.x = x.at(row, at), .input_gate = input.at(row, at), .recurrence_gate = recurrence.at(row, at), .decay = decay + at,
                          .out = out.at(row, at), .before = before ? before + at : nullptr, .after = data_of<float>(run.after) + at,
                          .x_step = x.step, .input_step = input.step, .recurrence_step = recurrence.step, .out_step = out.step,
                          .rows = run.rows, .width = std::min(kUnitChannels, channels - at)});
  });
}

void CpuBackend::wkv(const WkvArgs& args) {
  const int64_t rows = args.k.size(0), channels = args.k.size(-1);
  const Lines k(args.k, rows, channels, "k"), v(args.v, rows, channels, "v"), out(args.out, rows, channels, "WKV output");
  const float *decay = plain(args.decay, channels, "decay"), *first = plain(args.first, channels, "first");
  float* states = plain(args.states, rows * 3 * channels, "states", true);
  check_runs(args.runs, rows, 3 * channels, true);
  const int64_t units = (channels + kUnitChannels - 1) / kUnitChannels;
  each_unit(pool_, args.runs, units, rows * channels * 24, [&](const StateRun& run, int64_t unit) {
    const int64_t at = unit * kUnitChannels, row = run.first_row;
    const float* before = data_of<float>(run.before);
    scan_kernels_.wkv({.k = k.at(row, at), .v = v.at(row, at), .decay = decay + at, .first = first + at, .out = out.at(row, at),
                       .before = before ? before + at : nullptr, .after = data_of<float>(run.after) + at,
                       .states = states ? states + row * 3 * channels + at : nullptr, .k_step = k.step, .v_step = v.step, .out_step = out.step,
                       .state_step = channels, .states_step = 3 * channels, .rows = run.rows, .width = std::min(kUnitChannels, channels - at)});
  });
}

}  // namespace vitrine::cpu
