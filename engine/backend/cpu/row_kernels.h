// SPDX-License-Identifier: Apache-2.0
// Kernels over one row (or a run of contiguous floats), one table per instruction set. All levels compute the same
// bits. Plain header: the instruction-set files include nothing else of the engine.
#pragma once

#include <stdint.h>

namespace vitrine::cpu {

enum class Isa;

struct RowKernels {
  /// out = (x - mean?) / divisor * weight + bias; weight, bias may be null. Returns the divisor sqrt(mean(...) + eps).
  float (*norm)(const float* x, const float* weight, const float* bias, float* out, int64_t n, float eps, bool center);
  /// sink: null or one logit that takes part in the denominator only.
  void (*softmax)(const float* x, const float* sink, float* out, int64_t n);
  void (*add)(const float* a, const float* b, float* out, int64_t n);
  void (*multiply)(const float* a, const float* b, float* out, int64_t n);
  void (*scale)(const float* x, float factor, float* out, int64_t n);
  void (*softcap)(const float* x, float cap, float* out, int64_t n);
  void (*clamp)(const float* x, float low, float high, float* out, int64_t n);
  void (*activate)(const float* x, int kind, float* out, int64_t n);  // kind: vitrine::Activation
  void (*gated)(const float* gate, const float* up, int kind, float* out, int64_t n);
  void (*clamped_glu)(const float* gate, const float* up, float alpha, float limit, float* out, int64_t n);
  /// One head: the first 2 * half channels are rotated, the rest up to n copied.
  void (*rope)(const float* x, const float* cos, const float* sin, float* out, int64_t half, int64_t n,
               bool interleaved);
  /// Largest first, ties by lower id; NaN is never chosen. values/ids [k], k <= n.
  void (*top_k)(const float* x, int64_t n, int64_t k, float* values, int32_t* ids);
  /// mean, population standard deviation, minimum, maximum, l2 norm.
  void (*stats)(const float* x, int64_t n, float* out);
  void (*to_half)(const float* x, uint16_t* out, int64_t n);  // to nearest, saturating at the largest finite half
  void (*from_half)(const uint16_t* x, float* out, int64_t n);
};

const RowKernels& row_kernels(Isa isa) noexcept;

extern const RowKernels row_kernels_scalar, row_kernels_avx2, row_kernels_avx512;

}  // namespace vitrine::cpu
