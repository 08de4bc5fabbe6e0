// SPDX-License-Identifier: Apache-2.0
// The row kernels, written once over sixteen lanes. Include after one vec_*.h; VT_ROW_TABLE names the table to define.
// Sums run over four interleaved accumulators whose order depends on the row's length alone.
#pragma once

#include "engine/backend/cpu/row_kernels.h"
#include "engine/backend/cpu/simd/math.h"

namespace vitrine::cpu {
namespace {

/// out[i] = f(i-th sixteen lanes); the last, partial group is loaded with zeros.
template <class F>
inline void map1(const float* x, float* out, int64_t n, F f) {
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) vstore(out + i, f(vload(x + i)));
  if (i < n) vstore_n(out + i, f(vload_n(x + i, int(n - i))), int(n - i));
}
template <class F>
inline void map2(const float* a, const float* b, float* out, int64_t n, F f) {
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) vstore(out + i, f(vload(a + i), vload(b + i)));
  if (i < n) vstore_n(out + i, f(vload_n(a + i, int(n - i)), vload_n(b + i, int(n - i))), int(n - i));
}
/// Folds f(lanes) over a row into one vector. Lanes past the end are `fill`.
template <class F, class Join>
inline Vec fold(const float* x, int64_t n, float fill, F f, Join join, Vec start) {
  Vec s0 = start, s1 = start, s2 = start, s3 = start;
  int64_t i = 0;
  for (; i + 64 <= n; i += 64) {
    s0 = join(s0, f(vload(x + i)));
    s1 = join(s1, f(vload(x + i + 16)));
    s2 = join(s2, f(vload(x + i + 32)));
    s3 = join(s3, f(vload(x + i + 48)));
  }
  for (; i + 16 <= n; i += 16) s0 = join(s0, f(vload(x + i)));
  if (i < n) {
    const uint32_t live = (1u << (n - i)) - 1;
    s1 = join(s1, vselect(live, f(vselect(live, vload_n(x + i, int(n - i)), vset(fill))), vset(fill)));
  }
  return join(join(s0, s1), join(s2, s3));
}
inline Vec join_add(Vec a, Vec b) { return vadd(a, b); }
inline float row_sum(const float* x, int64_t n) {
  return vsum(fold(
      x, n, 0, [](Vec v) { return v; }, join_add, vset(0)));
}
inline float square_sum(const float* x, int64_t n, float mean) {
  const Vec m = vset(mean);
  return vsum(fold(
      x, n, 0,
      [m](Vec v) {
        const Vec d = vsub(v, m);
        return vmul(d, d);
      },
      join_add, vset(0)));
}

float norm(const float* x, const float* weight, const float* bias, float* out, int64_t n, float eps, bool center) {
  const float mean = center ? row_sum(x, n) / float(n) : 0;
  const float divisor = sqrtf(square_sum(x, n, mean) / float(n) + eps);
  const Vec m = vset(mean), s = vset(1 / divisor);
  for (int64_t i = 0; i < n; i += 16) {
    const int live = n - i < 16 ? int(n - i) : 16;
    const auto load = [live](const float* p) { return live == 16 ? vload(p) : vload_n(p, live); };
    Vec y = vmul(vsub(load(x + i), m), s);
    if (weight) y = vmul(y, load(weight + i));
    if (bias) y = vadd(y, load(bias + i));
    live == 16 ? vstore(out + i, y) : vstore_n(out + i, y, live);
  }
  return divisor;
}

void softmax(const float* x, const float* sink, float* out, int64_t n) {
  const Vec lowest = vset(-INFINITY);
  float top = vhmax(fold(
      x, n, -INFINITY, [](Vec v) { return v; }, [](Vec a, Vec b) { return vmax(a, b); }, lowest));
  if (sink && *sink > top) top = *sink;
  if (top == -INFINITY) top = 0;  // nothing visible: a row of zeros
  const Vec m = vset(top);
  map1(x, out, n, [m](Vec v) { return vexp(vsub(v, m)); });
  float total = row_sum(out, n);
  if (sink) total += exp1(*sink - top);
  const Vec inverse = vset(total > 0 || total != total ? 1 / total : 0);
  map1(out, out, n, [inverse](Vec v) { return vmul(v, inverse); });
}

void add(const float* a, const float* b, float* out, int64_t n) {
  map2(a, b, out, n, [](Vec x, Vec y) { return vadd(x, y); });
}
void multiply(const float* a, const float* b, float* out, int64_t n) {
  map2(a, b, out, n, [](Vec x, Vec y) { return vmul(x, y); });
}
void scale(const float* x, float factor, float* out, int64_t n) {
  const Vec f = vset(factor);
  map1(x, out, n, [f](Vec v) { return vmul(v, f); });
}
void softcap(const float* x, float cap, float* out, int64_t n) {
  const Vec c = vset(cap), inverse = vset(1 / cap);
  map1(x, out, n, [c, inverse](Vec v) { return vmul(c, vtanh(vmul(v, inverse))); });
}

void clamp(const float* x, float low, float high, float* out, int64_t n) {
  const Vec least = vset(low), most = vset(high);
  map1(x, out, n, [least, most](Vec v) { return vmin(most, vmax(least, v)); });
}

template <class Use>
inline void with_activation(int kind, Use use) {
  switch (kind) {
    case 0:
      use(Identity());
      break;
    case 1:
      use(Silu());
      break;
    case 2:
      use(Gelu());
      break;
    case 3:
      use(GeluTanh());
      break;
    case 4:
      use(GeluQuick());
      break;
    case 5:
      use(Relu());
      break;
    case 6:
      use(ReluSquared());
      break;
    case 7:
      use(Tanh());
      break;
    case 8:
      use(Sigmoid());
      break;
  }
}
void activate(const float* x, int kind, float* out, int64_t n) {
  with_activation(kind, [=](auto act) { map1(x, out, n, [act](Vec v) { return act.of(v); }); });
}
void gated(const float* gate, const float* up, int kind, float* out, int64_t n) {
  with_activation(kind, [=](auto act) { map2(gate, up, out, n, [act](Vec g, Vec u) { return vmul(act.of(g), u); }); });
}

void clamped_glu(const float* gate, const float* up, float alpha, float limit, float* out, int64_t n) {
  const Vec a = vset(alpha), most = vset(limit), least = vset(-limit), one = vset(1);
  map2(gate, up, out, n, [=](Vec g, Vec u) {
    g = vmin(most, g);
    u = vmin(most, vmax(least, u));
    return vmul(vadd(u, one), vmul(g, vsigmoid(vmul(a, g))));
  });
}

void rope(const float* x, const float* cos, const float* sin, float* out, int64_t half, int64_t n, bool interleaved) {
  if (interleaved) {
    for (int64_t i = 0; i < half; ++i) {
      const float a = x[2 * i], b = x[2 * i + 1];
      out[2 * i] = __builtin_fmaf(a, cos[i], -(b * sin[i]));
      out[2 * i + 1] = __builtin_fmaf(a, sin[i], b * cos[i]);
    }
  } else {
    for (int64_t i = 0; i < half; i += 16) {
      const int live = half - i < 16 ? int(half - i) : 16;
      const auto load = [live](const float* p) { return live == 16 ? vload(p) : vload_n(p, live); };
      const Vec a = load(x + i), b = load(x + half + i), c = load(cos + i), s = load(sin + i);
      const Vec first = vfma(a, c, vsub(vset(0), vmul(b, s))), second = vfma(a, s, vmul(b, c));
      live == 16 ? vstore(out + i, first) : vstore_n(out + i, first, live);
      live == 16 ? vstore(out + half + i, second) : vstore_n(out + half + i, second, live);
    }
  }
  if (out != x)
    for (int64_t i = 2 * half; i < n; ++i) out[i] = x[i];
}

/// Puts a value into a list sorted downwards, behind equal ones; the last falls out.
inline void insert_sorted(float value, int32_t id, float* values, int32_t* ids, int k) {
  int at = k - 1;
  for (; at > 0 && values[at - 1] < value; --at) {
    values[at] = values[at - 1];
    ids[at] = ids[at - 1];
  }
  values[at] = value;
  ids[at] = id;
}

void top_k(const float* x, int64_t n, int64_t k, float* values, int32_t* ids) {
  for (int64_t i = 0; i < k; ++i) values[i] = -INFINITY, ids[i] = -1;
  int64_t kept = 0;
  for (int64_t i = 0; i < n; i += 16) {
    const int live = n - i < 16 ? int(n - i) : 16;
    const Vec v = live == 16 ? vload(x + i) : vload_n(x + i, live);
    if (kept < k) {  // until the list is full every number enters, -infinity too
      for (int j = 0; j < live; ++j) {
        const float value = x[i + j];
        if (value != value || (kept == k && !(value > values[k - 1]))) continue;
        if (kept < k) ++kept;
        insert_sorted(value, int32_t(i + j), values, ids, int(kept));
      }
      continue;
    }
    uint32_t mask = vmask_gt(v, vset(values[k - 1])) & ((1u << live) - 1);
    for (; mask; mask &= mask - 1) {
      const int j = __builtin_ctz(mask);
      if (x[i + j] > values[k - 1]) insert_sorted(x[i + j], int32_t(i + j), values, ids, int(k));
    }
  }
}

void stats(const float* x, int64_t n, float* out) {
  const float mean = row_sum(x, n) / float(n);
  out[0] = mean;
  out[1] = sqrtf(square_sum(x, n, mean) / float(n));
  out[2] = vhmin(fold(
      x, n, INFINITY, [](Vec v) { return v; }, [](Vec a, Vec b) { return vmin(a, b); }, vset(INFINITY)));
  out[3] = vhmax(fold(
      x, n, -INFINITY, [](Vec v) { return v; }, [](Vec a, Vec b) { return vmax(a, b); }, vset(-INFINITY)));
  out[4] = sqrtf(square_sum(x, n, 0));
}

void to_half(const float* x, uint16_t* out, int64_t n) {
  const Vec most = vset(65504), least = vset(-65504);
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) vstore_half(out + i, vmin(most, vmax(least, vload(x + i))));
  if (i < n) vstore_half_n(out + i, vmin(most, vmax(least, vload_n(x + i, int(n - i)))), int(n - i));
}
void from_half(const uint16_t* x, float* out, int64_t n) {
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) vstore(out + i, vload_half(x + i));
  if (i < n) vstore_n(out + i, vload_half_n(x + i, int(n - i)), int(n - i));
}

}  // namespace

const RowKernels VT_ROW_TABLE = {norm,  softmax,     add,  multiply, scale, softcap, clamp,  activate,
                                 gated, clamped_glu, rope, top_k,    stats, to_half, from_half};

}  // namespace vitrine::cpu
