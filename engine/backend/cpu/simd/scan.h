// SPDX-License-Identifier: Apache-2.0
// The kernels over time, written once over sixteen lanes. Include after one vec_*.h; VT_SCAN_TABLE names the table to define.
// Lanes are channels: no sum crosses them, so every channel's arithmetic is one fixed chain over time and state.
#pragma once

#include "engine/backend/cpu/scan_kernels.h"
#include "engine/backend/cpu/simd/math.h"

namespace vitrine::cpu {
namespace {

inline Vec load_live(const float* p, int live) { return live == 16 ? vload(p) : vload_n(p, live); }
inline void store_live(float* p, Vec x, int live) { live == 16 ? vstore(p, x) : vstore_n(p, x, live); }

/// log(1 + e^x) = max(x, 0) + log1p(u), u = e^-|x|; log1p(u) = 2 atanh(s), s = u / (2 + u) <= 1/3, by its series to s^15.
inline Vec vsoftplus(Vec x) {
  const Vec u = vexp(vsub(vset(0), vabs(x))), s = vdiv(u, vadd(vset(2), u)), q = vmul(s, s);
  Vec p = vfma(vset(1.0f / 15), q, vset(1.0f / 13));
  p = vfma(p, q, vset(1.0f / 11));
  p = vfma(p, q, vset(1.0f / 9));
  p = vfma(p, q, vset(1.0f / 7));
  p = vfma(p, q, vset(1.0f / 5));
  p = vfma(p, q, vset(1.0f / 3));
  const Vec atanh = vfma(vmul(p, q), s, s);
  return vadd(vmax(vset(0), x), vadd(atanh, atanh));
}

void time_step(const float* x, const float* bias, float least, float most, float* out, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) {
    const int live = n - i < 16 ? int(n - i) : 16;
    Vec v = load_live(x + i, live);
    if (bias) v = vadd(v, load_live(bias + i, live));
    store_live(out + i, vmin(vset(most), vmax(vset(least), vsoftplus(v))), live);
  }
}

void conv(const ConvUnit& u) {
  const int taps = u.taps;
  for (int64_t at = 0; at < u.width; at += 16) {
    const int live = u.width - at < 16 ? int(u.width - at) : 16;
    /// The input `t` rows after the first of this step; earlier ones come from the state.
    const auto input = [&](int64_t t) {
      if (t >= 0) return load_live(u.x + t * u.x_step + at, live);
      return u.before ? load_live(u.before + (taps + t) * u.state_step + at, live) : vset(0);
    };
    const Vec start = u.bias ? load_live(u.bias + at, live) : vset(0);
    for (int64_t t = 0; t < u.rows; ++t) {
      Vec sum = start;
      for (int k = 0; k < taps; ++k) sum = vfma(load_live(u.weight + k * u.weight_step + at, live), input(t - taps + 1 + k), sum);
      store_live(u.out + t * u.out_step + at, sum, live);
    }
    if (!u.after) continue;
    for (int k = 0; k < taps; ++k) store_live(u.after + k * u.state_step + at, input(u.rows - taps + k), live);
  }
}

/// Copies `rows` rows of G * 16 lanes (the last group `live` of them) between a strided and a dense block.
template <int G>
inline void gather(const float* from, int64_t step, float* to, int64_t rows, int live) {
  for (int64_t n = 0; n < rows; ++n)
    for (int g = 0; g < G; ++g)
      vstore(to + (n * G + g) * 16, from ? load_live(from + n * step + g * 16, g + 1 == G ? live : 16) : vset(0));
}
template <int G>
inline void scatter(const float* from, float* to, int64_t step, int64_t rows, int live) {
  for (int64_t n = 0; n < rows; ++n)
    for (int g = 0; g < G; ++g) store_live(to + n * step + g * 16, vload(from + (n * G + g) * 16), g + 1 == G ? live : 16);
}

template <int G, bool kPerHead>
inline void scan_lanes(const ScanUnit& u, int64_t at, int live) {
  float *h = u.scratch, *a = h + u.state * G * 16;
  const auto channels = [&](const float* p, Vec* to) {
    for (int g = 0; g < G; ++g) to[g] = load_live(p + at + g * 16, g + 1 == G ? live : 16);
  };
  gather<G>(u.before ? u.before + at : nullptr, u.state_step, h, u.state, live);
  Vec d[G], dt[G], x[G], dx[G], y[G];
  if constexpr (kPerHead) {
    for (int g = 0; g < G; ++g) d[g] = vset(u.d[0]);
  } else {
    channels(u.d, d);
    gather<G>(u.a + at, u.a_step, a, u.state, live);
  }
  for (int64_t t = 0; t < u.rows; ++t) {
    const float *b = u.b + t * u.b_step, *c = u.c + t * u.c_step;
    Vec keep = vset(0);
    channels(u.x + t * u.x_step, x);
    if constexpr (kPerHead) {
      const float step = u.dt[t * u.dt_step];
      keep = vexp(vset(step * u.a[0]));
      for (int g = 0; g < G; ++g) dt[g] = vset(step);
    } else {
      channels(u.dt + t * u.dt_step, dt);
    }
    for (int g = 0; g < G; ++g) dx[g] = vmul(dt[g], x[g]), y[g] = vset(0);
    for (int64_t n = 0; n < u.state; ++n) {
      const Vec bn = vset(b[n]), cn = vset(c[n]);
      for (int g = 0; g < G; ++g) {
        float* place = h + (n * G + g) * 16;
        if constexpr (!kPerHead) keep = vexp(vmul(dt[g], vload(a + (n * G + g) * 16)));
        const Vec next = vfma(keep, vload(place), vmul(dx[g], bn));
        vstore(place, next);
        y[g] = vfma(cn, next, y[g]);
      }
    }
    for (int g = 0; g < G; ++g) store_live(u.out + t * u.out_step + at + g * 16, vfma(d[g], x[g], y[g]), g + 1 == G ? live : 16);
    if (u.states) scatter<G>(h, u.states + t * u.states_step + at, u.state_step, u.state, live);
  }
  scatter<G>(h, u.after + at, u.state_step, u.state, live);
}

template <int N>
struct Groups {
  static constexpr int value = N;
};
/// Calls lanes(Groups, first channel, lanes of the last group) over `width` channels.
template <class Lanes>
inline void over_lanes(int64_t width, Lanes lanes) {
  int64_t at = 0;
  for (; at + 16 < width; at += 32) lanes(Groups<2>(), at, width - at < 32 ? int(width - at - 16) : 16);
  if (at < width) lanes(Groups<1>(), at, int(width - at));
}

void scan(const ScanUnit& u) {
  over_lanes(u.width, [&](auto groups, int64_t at, int live) {
    u.per_head ? scan_lanes<groups.value, true>(u, at, live) : scan_lanes<groups.value, false>(u, at, live);
  });
}

template <int G>
inline void delta_lanes(const DeltaUnit& u, int64_t at, int live) {
  float* s = u.scratch;
  gather<G>(u.before ? u.before + at : nullptr, u.value_dim, s, u.key_dim, live);
  for (int64_t t = 0; t < u.rows; ++t) {
    const float *q = u.q + t * u.q_step, *k = u.k + t * u.k_step;
    const Vec keep = vexp(vset(u.decay[t * u.decay_step])), beta = vset(u.beta[t * u.beta_step]);
    Vec held[G], delta[G], out[G];
    for (int g = 0; g < G; ++g) held[g] = out[g] = vset(0);
    for (int64_t n = 0; n < u.key_dim; ++n)
      for (int g = 0; g < G; ++g) {
        const Vec faded = vmul(keep, vload(s + (n * G + g) * 16));
        vstore(s + (n * G + g) * 16, faded);
        held[g] = vfma(vset(k[n]), faded, held[g]);
      }
    for (int g = 0; g < G; ++g)
      delta[g] = vmul(vsub(load_live(u.v + t * u.v_step + at + g * 16, g + 1 == G ? live : 16), held[g]), beta);
    for (int64_t n = 0; n < u.key_dim; ++n)
      for (int g = 0; g < G; ++g) {
        const Vec next = vfma(vset(k[n]), delta[g], vload(s + (n * G + g) * 16));
        vstore(s + (n * G + g) * 16, next);
        out[g] = vfma(vset(q[n]), next, out[g]);
      }
    for (int g = 0; g < G; ++g) store_live(u.out + t * u.out_step + at + g * 16, out[g], g + 1 == G ? live : 16);
    if (u.states) scatter<G>(s, u.states + t * u.states_step + at, u.value_dim, u.key_dim, live);
  }
  scatter<G>(s, u.after + at, u.value_dim, u.key_dim, live);
}

void delta(const DeltaUnit& u) {
  over_lanes(u.value_dim, [&](auto groups, int64_t at, int live) { delta_lanes<groups.value>(u, at, live); });
}

void rg_lru(const RgLruUnit& u) {
  for (int64_t at = 0; at < u.width; at += 16) {
    const int live = u.width - at < 16 ? int(u.width - at) : 16;
    const Vec decay = load_live(u.decay + at, live);
    Vec h = u.before ? load_live(u.before + at, live) : vset(0);
    for (int64_t t = 0; t < u.rows; ++t) {
      const Vec gate = vsigmoid(load_live(u.input_gate + t * u.input_step + at, live));
      const Vec in = vmul(load_live(u.x + t * u.x_step + at, live), gate);
      if (t == 0 && !u.before) {
        h = in;
      } else {
        const Vec open = vsigmoid(load_live(u.recurrence_gate + t * u.recurrence_step + at, live));
        const Vec log_a = vmul(vmul(vset(-8), open), decay), a = vexp(log_a);
        h = vfma(a, h, vmul(in, vsqrt(vsub(vset(1), vexp(vadd(log_a, log_a))))));
      }
      store_live(u.out + t * u.out_step + at, h, live);
    }
    store_live(u.after + at, h, live);
  }
}

void wkv(const WkvUnit& u) {
  for (int64_t at = 0; at < u.width; at += 16) {
    const int live = u.width - at < 16 ? int(u.width - at) : 16;
    const auto held = [&](int part, float begin) {
      return u.before ? load_live(u.before + part * u.state_step + at, live) : vset(begin);
    };
    const Vec decay = load_live(u.decay + at, live), first = load_live(u.first + at, live);
    Vec num = held(0, 0), den = held(1, 0), top = held(2, -1e38f);
    const auto keep = [&](float* to) {
      store_live(to + at, num, live);
      store_live(to + u.state_step + at, den, live);
      store_live(to + 2 * u.state_step + at, top, live);
    };
    for (int64_t t = 0; t < u.rows; ++t) {
      const Vec k = load_live(u.k + t * u.k_step + at, live), v = load_live(u.v + t * u.v_step + at, live);
      Vec bonus = vadd(k, first), largest = vmax(top, bonus), old = vexp(vsub(top, largest)), now = vexp(vsub(bonus, largest));
      store_live(u.out + t * u.out_step + at, vdiv(vfma(old, num, vmul(now, v)), vfma(old, den, now)), live);
      bonus = vadd(top, decay), largest = vmax(bonus, k), old = vexp(vsub(bonus, largest)), now = vexp(vsub(k, largest));
      num = vfma(old, num, vmul(now, v));
      den = vfma(old, den, now);
      top = largest;
      if (u.states) keep(u.states + t * u.states_step);
    }
    keep(u.after);
  }
}

}  // namespace

const ScanKernels VT_SCAN_TABLE = {time_step, conv, scan, delta, rg_lru, wkv};

}  // namespace vitrine::cpu
