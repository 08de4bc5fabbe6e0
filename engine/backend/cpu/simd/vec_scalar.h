// SPDX-License-Identifier: Apache-2.0
// Sixteen float lanes in plain C++: the reference the wider instruction sets must equal bit for bit.
// Everything has internal linkage, so no code of one instruction set can be merged into another's.
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

namespace vitrine::cpu {
namespace {

// Sixteen-lane groups a register tile spans, for one or two and for more rows.
constexpr int kTileWide = 4, kTileNarrow = 4;

struct Vec {
  float v[16];
};

#define VT_LANES for (int i = 0; i < 16; ++i)
inline Vec vset(float x) {
  Vec r;
  VT_LANES r.v[i] = x;
  return r;
}
inline Vec vload(const float* p) {
  Vec r;
  memcpy(r.v, p, sizeof r.v);
  return r;
}
inline void vstore(float* p, Vec x) { memcpy(p, x.v, sizeof x.v); }
inline Vec vload_n(const float* p, int n) {
  Vec r = vset(0);
  for (int i = 0; i < n; ++i) r.v[i] = p[i];
  return r;
}
inline void vstore_n(float* p, Vec x, int n) {
  for (int i = 0; i < n; ++i) p[i] = x.v[i];
}
inline Vec vadd(Vec a, Vec b) {
  VT_LANES a.v[i] = a.v[i] + b.v[i];
  return a;
}
inline Vec vsub(Vec a, Vec b) {
  VT_LANES a.v[i] = a.v[i] - b.v[i];
  return a;
}
inline Vec vmul(Vec a, Vec b) {
  VT_LANES a.v[i] = a.v[i] * b.v[i];
  return a;
}
inline Vec vdiv(Vec a, Vec b) {
  VT_LANES a.v[i] = a.v[i] / b.v[i];
  return a;
}
inline Vec vfma(Vec a, Vec b, Vec c) {
  VT_LANES a.v[i] = __builtin_fmaf(a.v[i], b.v[i], c.v[i]);
  return a;
}
inline Vec vsqrt(Vec a) {
  VT_LANES a.v[i] = __builtin_sqrtf(a.v[i]);
  return a;
}
/// The second operand is returned when either is NaN (as x86 does).
inline Vec vmax(Vec a, Vec b) {
  VT_LANES a.v[i] = a.v[i] > b.v[i] ? a.v[i] : b.v[i];
  return a;
}
inline Vec vmin(Vec a, Vec b) {
  VT_LANES a.v[i] = a.v[i] < b.v[i] ? a.v[i] : b.v[i];
  return a;
}
inline Vec vabs(Vec a) {
  VT_LANES a.v[i] = __builtin_fabsf(a.v[i]);
  return a;
}
inline Vec vcopysign(Vec a, Vec s) {
  VT_LANES a.v[i] = __builtin_copysignf(a.v[i], s.v[i]);
  return a;
}
/// a < b ? x : y, lane by lane.
inline Vec vselect_lt(Vec a, Vec b, Vec x, Vec y) {
  VT_LANES x.v[i] = a.v[i] < b.v[i] ? x.v[i] : y.v[i];
  return x;
}
/// Bit i of the mask chooses x, else y.
inline Vec vselect(uint32_t mask, Vec x, Vec y) {
  VT_LANES x.v[i] = mask >> i & 1 ? x.v[i] : y.v[i];
  return x;
}
inline uint32_t vmask_gt(Vec a, Vec b) {
  uint32_t m = 0;
  VT_LANES m |= uint32_t(a.v[i] > b.v[i]) << i;
  return m;
}
inline uint32_t vmask_ge(Vec a, Vec b) {
  uint32_t m = 0;
  VT_LANES m |= uint32_t(a.v[i] >= b.v[i]) << i;
  return m;
}
/// Writes the chosen lanes side by side, and first_id + lane beside them; returns how many. May write up to 16 entries.
inline int vcompress(float* out, int32_t* ids, uint32_t mask, Vec x, int32_t first_id) {
  int n = 0;
  for (; mask; mask &= mask - 1, ++n) {
    const int i = __builtin_ctz(mask);
    out[n] = x.v[i];
    ids[n] = first_id + i;
  }
  return n;
}
/// p * 2^n where the low mantissa bits of t hold n.
inline Vec vscale_pow2(Vec p, Vec t) {
  VT_LANES {
    uint32_t bits, n;
    memcpy(&bits, &p.v[i], 4);
    memcpy(&n, &t.v[i], 4);
    bits += n << 23;
    memcpy(&p.v[i], &bits, 4);
  }
  return p;
}
/// To the nearest bfloat16, ties to even; finite lanes only.
inline Vec vround_bf16(Vec a) {
  VT_LANES {
    uint32_t bits;
    memcpy(&bits, &a.v[i], 4);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
    memcpy(&a.v[i], &bits, 4);
  }
  return a;
}
inline float vfirst(Vec a) { return a.v[0]; }
// Reductions halve the vector: lane i with i + 8, then + 4, + 2, + 1.
inline float vsum(Vec a) {
  for (int step = 8; step; step /= 2)
    for (int i = 0; i < step; ++i) a.v[i] = a.v[i] + a.v[i + step];
  return a.v[0];
}
inline float vhmax(Vec a) {
  for (int step = 8; step; step /= 2)
    for (int i = 0; i < step; ++i) a.v[i] = a.v[i] > a.v[i + step] ? a.v[i] : a.v[i + step];
  return a.v[0];
}
inline float vhmin(Vec a) {
  for (int step = 8; step; step /= 2)
    for (int i = 0; i < step; ++i) a.v[i] = a.v[i] < a.v[i + step] ? a.v[i] : a.v[i + step];
  return a.v[0];
}

inline float half_to_float(uint16_t h) {
  const uint32_t sign = uint32_t(h & 0x8000) << 16, rest = h & 0x7fff;
  uint32_t bits;
  float value;
  if (rest >= 0x7c00) {  // infinity, NaN
    bits = 0x7f800000 | (rest & 0x3ff) << 13 | (rest & 0x3ff ? 0x400000 : 0);
  } else if (rest < 0x400) {  // zero and subnormal: exact in f32
    value = float(rest) * 0x1p-24f;
    memcpy(&bits, &value, 4);
  } else {
    bits = (rest << 13) + (112u << 23);
  }
  bits |= sign;
  memcpy(&value, &bits, 4);
  return value;
}
inline uint16_t float_to_half(float f) {
  uint32_t bits;
  memcpy(&bits, &f, 4);
  const uint32_t sign = bits >> 16 & 0x8000;
  bits &= 0x7fffffff;
  if (bits > 0x7f800000) return uint16_t(sign | 0x7e00 | (bits >> 13 & 0x3ff));
  if (bits < 0x38800000) {  // below the smallest normal half: the addition rounds to units of 2^-24
    float value;
    memcpy(&value, &bits, 4);
    value += 0.5f;
    memcpy(&bits, &value, 4);
    return uint16_t(sign | (bits - 0x3f000000));
  }
  return uint16_t(sign | ((bits + 0xfff + (bits >> 13 & 1) - 0x38000000) >> 13));  // the caller keeps |f| <= 65504
}
inline Vec vload_half(const uint16_t* p) {
  Vec r;
  VT_LANES r.v[i] = half_to_float(p[i]);
  return r;
}
inline Vec vload_half_n(const uint16_t* p, int n) {
  Vec r = vset(0);
  for (int i = 0; i < n; ++i) r.v[i] = half_to_float(p[i]);
  return r;
}
inline void vstore_half_n(uint16_t* p, Vec x, int n) {
  for (int i = 0; i < n; ++i) p[i] = float_to_half(x.v[i]);
}
inline void vstore_half(uint16_t* p, Vec x) { vstore_half_n(p, x, 16); }
#undef VT_LANES

// One machine register, for tiles of accumulators.
using Reg = Vec;
constexpr int kRegLanes = 16;
inline Reg rset(float x) { return vset(x); }
inline Reg rload(const float* p) { return vload(p); }
inline Reg rload_half(const uint16_t* p) { return vload_half(p); }
inline void rstore(float* p, Reg x) { vstore(p, x); }
inline Reg rmul(Reg a, Reg b) { return vmul(a, b); }
inline Reg rfma(Reg a, Reg b, Reg c) { return vfma(a, b, c); }

}  // namespace
}  // namespace vitrine::cpu
