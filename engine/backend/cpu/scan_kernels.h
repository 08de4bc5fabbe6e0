// SPDX-License-Identifier: Apache-2.0
// Kernels that carry a state along time, one table per instruction set; all levels compute the same bits.
// Plain header: the instruction-set files include nothing else of the engine.
// A unit is one sequence's rows of this step and some neighbouring channels: pointers stand at its first row and channel, `x_step`
// is the distance between rows. `before` null: the sequence begins. Time runs in order, so a cut between rows changes no bit.
#pragma once

#include <stdint.h>

namespace vitrine::cpu {

enum class Isa;

constexpr int kScanLanes = 32;  // channels whose state is held close while time runs
constexpr int kScanRows = 64;   // rows of one chunk of a selective scan
constexpr int kScanRowChannels = 512;

struct ConvUnit {
  const float *x, *weight, *bias;  // weight [taps][weight_step], bias null or [width]
  float* out;
  const float* before;             // [taps][state_step]
  float* after;                    // null: not wanted
  int64_t x_step, weight_step, out_step, state_step, rows, width;
  int taps;
};

/// per_head: dt, a and d are one number for all channels of the unit; else a number a channel, a [state][a_step].
struct ScanUnit {
  const float *x, *dt, *a, *b, *c, *d;
  float* out;
  const float* before;             // [state][state_step]
  float *after, *states;           // states null: not wanted
  int64_t x_step, dt_step, a_step, b_step, c_step, out_step, state_step, states_step, rows, state, width;
  int64_t head_width;              // scan_row: channels of a head
  bool per_head;
};

/// One value head; state [key_dim][value_dim] without gaps.
struct DeltaUnit {
  const float *q, *k, *v, *decay, *beta;
  float* out;
  const float* before;
  float *after, *states, *scratch; // scratch [key_dim * kScanLanes]
  int64_t q_step, k_step, v_step, decay_step, beta_step, out_step, states_step, rows, key_dim, value_dim;
};

struct RgLruUnit {
  const float *x, *input_gate, *recurrence_gate, *decay;
  float* out;
  const float* before;
  float* after;
  int64_t x_step, input_step, recurrence_step, out_step, rows, width;
};

struct WkvUnit {
  const float *k, *v, *decay, *first;
  float* out;
  const float* before;             // [3][state_step]
  float *after, *states;
  int64_t k_step, v_step, out_step, state_step, states_step, rows, width;
};

struct ScanKernels {
  /// min(max(log(1 + e^(x + bias)), least), most); bias may be null.
  void (*time_step)(const float* x, const float* bias, float least, float most, float* out, int64_t n);
  void (*conv)(const ConvUnit& unit);
  void (*scan)(const ScanUnit& unit);
  /// One row of whole heads, head_width a multiple of 16, at most kScanRowChannels; `states` is not written. The same bits as scan.
  void (*scan_row)(const ScanUnit& unit);
  void (*delta)(const DeltaUnit& unit);
  void (*rg_lru)(const RgLruUnit& unit);
  void (*wkv)(const WkvUnit& unit);
};

const ScanKernels& scan_kernels(Isa isa) noexcept;

extern const ScanKernels scan_kernels_scalar, scan_kernels_avx2, scan_kernels_avx512;

}  // namespace vitrine::cpu
