// SPDX-License-Identifier: Apache-2.0
// Row passes on 16-lane vectors of the compiler, compiled once for each instruction set and chosen at run time.
#include "engine/decode/row_passes.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace vitrine {
namespace {

typedef float F16 __attribute__((vector_size(64)));
typedef int32_t I16 __attribute__((vector_size(64)));
constexpr int64_t kLanes = 16;
constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

#define VT_INLINE static inline __attribute__((always_inline))

VT_INLINE void load(F16& v, const float* from, int64_t count) {
  if (count >= kLanes) {
    std::memcpy(&v, from, sizeof v);
    return;
  }
  v = F16{} + kMinusInfinity;
  std::memcpy(&v, from, size_t(count) * sizeof(float));
}

/// e^x for -87 <= x <= 0: 2^n from the exponent bits, e^r by a polynomial on |r| <= ln 2 / 2 (relative error about
/// 1e-7).
VT_INLINE void exp16(F16& y, const F16& x) {
  const F16 magic = F16{} + 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer held in the low bits
  const F16 shifted = x * 1.44269504088896341f + magic;
  const F16 n = shifted - magic;
  const F16 r = (x - n * 0.693359375f) - n * -2.12194440e-4f;  // ln 2 in two parts
  F16 p = F16{} + 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = (p * r) * r + r + 1.0f;
  I16 bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = bits << 23;  // n modulo 2^9 in the exponent field
  I16 value;
  std::memcpy(&value, &p, sizeof value);
  value += bits;
  std::memcpy(&y, &value, sizeof y);
}

VT_INLINE RowScan scan_row_body(const float* row, int64_t n, float* block_max) {
  F16 low = F16{} + std::numeric_limits<float>::infinity(), high = F16{} + kMinusInfinity;
  I16 bad{};
  for (int64_t b = 0; b * kRowBlock < n; ++b) {
    F16 top = F16{} + kMinusInfinity;
    const int64_t end = std::min(n, (b + 1) * kRowBlock);
    for (int64_t i = b * kRowBlock; i < end; i += kLanes) {
      F16 x;
      load(x, row + i, end - i);
      top = x > top ? x : top;
      low = x < low ? x : low;
      bad |= x != x;
    }
    high = top > high ? top : high;
    float lanes[kLanes];
    std::memcpy(lanes, &top, sizeof lanes);
    for (int step = 8; step > 0; step /= 2)
      for (int l = 0; l < step; ++l) lanes[l] = std::max(lanes[l], lanes[l + step]);
    block_max[b] = lanes[0];
  }
  RowScan scan{kMinusInfinity, std::numeric_limits<float>::infinity(), false};
  for (int l = 0; l < kLanes; ++l) {
    scan.largest = std::max(scan.largest, high[l]);
    scan.smallest = std::min(scan.smallest, low[l]);
    scan.has_nan |= bad[l] != 0;
  }
  return scan;
}

VT_INLINE SoftmaxSums softmax_sums_body(const float* row, int64_t n, float largest) {
  constexpr int64_t kChunk = 64 * kLanes;  // float lanes add at most 64 terms before they go into doubles
  double sums[kLanes] = {}, weights[kLanes] = {};
  for (int64_t start = 0; start < n; start += kChunk) {
    const int64_t end = std::min(n, start + kChunk);
    F16 sum{}, weighted{};
    for (int64_t i = start; i < end; i += kLanes) {
      F16 x, e;
      load(x, row + i, end - i);
      x = x - largest;
      x = x > -87.0f ? x : F16{} - 87.0f;
      exp16(e, x);
      sum += e;
      weighted += e * x;
    }
    for (int l = 0; l < kLanes; ++l) {
      sums[l] += double(sum[l]);
      weights[l] += double(weighted[l]);
    }
  }
  SoftmaxSums total;
  for (int l = 0; l < kLanes; ++l) {
    total.sum += sums[l];
    total.weighted += weights[l];
  }
  return total;
}

VT_INLINE int64_t count_above_body(const float* row, int64_t n, float threshold) {
  I16 count{};
  for (int64_t i = 0; i < n; i += kLanes) {
    F16 x;
    load(x, row + i, n - i);
    count -= x > threshold;
  }
  int64_t total = 0;
  for (int l = 0; l < kLanes; ++l) total += count[l];
  return total;
}

#if defined(__x86_64__)
#define VT_FOR_EACH_LEVEL(result, name, parameters, arguments)                                                 \
  __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq"))) result name##_avx512 parameters {              \
    return name##_body arguments;                                                                              \
  }                                                                                                            \
  __attribute__((target("avx2"))) result name##_avx2 parameters { return name##_body arguments; }              \
  result name##_plain parameters { return name##_body arguments; }                                             \
  result name##_best parameters {                                                                              \
    static const int level = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") ? 2      \
                             : __builtin_cpu_supports("avx2")                                         ? 1      \
                                                                                                      : 0;                                             \
    return level == 2 ? name##_avx512 arguments : level == 1 ? name##_avx2 arguments : name##_plain arguments; \
  }
#else
#define VT_FOR_EACH_LEVEL(result, name, parameters, arguments) \
  result name##_best parameters { return name##_body arguments; }
#endif

VT_FOR_EACH_LEVEL(RowScan, scan_row, (const float* row, int64_t n, float* block_max), (row, n, block_max))
VT_FOR_EACH_LEVEL(SoftmaxSums, softmax_sums, (const float* row, int64_t n, float largest), (row, n, largest))
VT_FOR_EACH_LEVEL(int64_t, count_above, (const float* row, int64_t n, float threshold), (row, n, threshold))

}  // namespace

RowScan scan_row(std::span<const float> row, std::span<float> block_max) noexcept {
  return scan_row_best(row.data(), int64_t(row.size()), block_max.data());
}

SoftmaxSums softmax_sums(std::span<const float> row, float largest) noexcept {
  return softmax_sums_best(row.data(), int64_t(row.size()), largest);
}

int64_t count_above(std::span<const float> row, float threshold) noexcept {
  return count_above_best(row.data(), int64_t(row.size()), threshold);
}

}  // namespace vitrine
