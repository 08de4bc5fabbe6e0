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

/// The rows of one chunk of time, brought into form once for all states: dt and dt x of each channel (Mamba-1) or e^(dt a) and dt x (one
/// decay a head), and the sums c . h that grow from one block of states to the next.
template <int G>
struct ScanChunk {
  alignas(64) float dt[kScanRows * G * 16], dx[kScanRows * G * 16], y[kScanRows * G * 16];
  float keep[kScanRows];
};

template <int G, bool kPerHead>
inline void begin_chunk(const ScanUnit& u, int64_t at, int live, int64_t first, int rows, ScanChunk<G>& chunk) {
  for (int i = 0; i < rows; ++i) {
    const int64_t t = first + i;
    const float* dt = u.dt + t * u.dt_step;
    if constexpr (kPerHead) chunk.keep[i] = exp1(dt[0] * u.a[0]);
    for (int g = 0; g < G; ++g) {
      const int here = g + 1 == G ? live : 16, place = (i * G + g) * 16;
      const Vec step = kPerHead ? vset(dt[0]) : load_live(dt + at + g * 16, here);
      if constexpr (!kPerHead) vstore(chunk.dt + place, step);
      vstore(chunk.dx + place, vmul(step, load_live(u.x + t * u.x_step + at + g * 16, here)));
      vstore(chunk.y + place, vset(0));
    }
  }
}

/// N states from `n` on over the rows of one chunk; they stay in registers meanwhile.
template <int G, int N, bool kPerHead>
inline void scan_block(const ScanUnit& u, int64_t at, int live, int64_t first, int rows, int64_t n, const float* before, ScanChunk<G>& chunk) {
  const auto lanes = [&](int g) { return g + 1 == G ? live : 16; };
  alignas(64) float a[N * G * 16];
  Vec h[N][G];
  for (int k = 0; k < N; ++k)
    for (int g = 0; g < G; ++g) {
      h[k][g] = before ? load_live(before + (n + k) * u.state_step + at + g * 16, lanes(g)) : vset(0);
      if constexpr (!kPerHead) vstore(a + (k * G + g) * 16, load_live(u.a + (n + k) * u.a_step + at + g * 16, lanes(g)));
    }
  for (int i = 0; i < rows; ++i) {
    const int64_t t = first + i;
    const float *b = u.b + t * u.b_step + n, *c = u.c + t * u.c_step + n;
    Vec y[G], dx[G], dt[G], keep = vset(0);
    if constexpr (kPerHead) keep = vset(chunk.keep[i]);
    for (int g = 0; g < G; ++g) {
      const int place = (i * G + g) * 16;
      y[g] = vload(chunk.y + place), dx[g] = vload(chunk.dx + place);
      if constexpr (!kPerHead) dt[g] = vload(chunk.dt + place);
    }
#pragma GCC unroll 8
    for (int k = 0; k < N; ++k) {
      const Vec bn = vset(b[k]), cn = vset(c[k]);
      for (int g = 0; g < G; ++g) {
        if constexpr (!kPerHead) keep = vexp(vmul(dt[g], vload(a + (k * G + g) * 16)));
        h[k][g] = vfma(keep, h[k][g], vmul(dx[g], bn));
        y[g] = vfma(cn, h[k][g], y[g]);
      }
    }
    for (int g = 0; g < G; ++g) vstore(chunk.y + (i * G + g) * 16, y[g]);
    if (!u.states) continue;
    for (int k = 0; k < N; ++k)
      for (int g = 0; g < G; ++g) store_live(u.states + t * u.states_step + (n + k) * u.state_step + at + g * 16, h[k][g], lanes(g));
  }
  for (int k = 0; k < N; ++k)
    for (int g = 0; g < G; ++g) store_live(u.after + (n + k) * u.state_step + at + g * 16, h[k][g], lanes(g));
}

/// A chunk of time after the other; within a chunk a block of states after the other, held in registers for all of its rows. Each state
/// and each sum is the chain that a walk row by row would compute, so where chunks begin changes no bit.
template <int G, bool kPerHead>
inline void scan_lanes(const ScanUnit& u, int64_t at, int live) {
  constexpr int N = kPerHead ? 8 : 4;
  ScanChunk<G> chunk;
  for (int64_t first = 0; first < u.rows; first += kScanRows) {
    const int rows = u.rows - first < kScanRows ? int(u.rows - first) : kScanRows;
    const float* before = first > 0 ? u.after : u.before;
    begin_chunk<G, kPerHead>(u, at, live, first, rows, chunk);
    int64_t n = 0;
    for (; n + N <= u.state; n += N) scan_block<G, N, kPerHead>(u, at, live, first, rows, n, before, chunk);
    for (; n < u.state; ++n) scan_block<G, 1, kPerHead>(u, at, live, first, rows, n, before, chunk);
    for (int i = 0; i < rows; ++i)
      for (int g = 0; g < G; ++g) {
        const int here = g + 1 == G ? live : 16;
        const int64_t t = first + i, channel = at + g * 16;
        const Vec d = kPerHead ? vset(u.d[0]) : load_live(u.d + channel, here);
        store_live(u.out + t * u.out_step + channel, vfma(d, load_live(u.x + t * u.x_step + channel, here), vload(chunk.y + (i * G + g) * 16)), here);
      }
  }
}

/// One row, whole heads of a multiple of 16 channels side by side, a state after the other: the state streams through memory in order.
void scan_row(const ScanUnit& u) {
  alignas(64) float keep[kScanRowChannels], dx[kScanRowChannels], y[kScanRowChannels];
  for (int64_t at = 0; at < u.width; at += 16) {
    const float step = u.dt[at / u.head_width];
    vstore(keep + at, vexp(vset(step * u.a[at / u.head_width])));
    vstore(dx + at, vmul(vset(step), vload(u.x + at)));
    vstore(y + at, vset(0));
  }
  for (int64_t n = 0; n < u.state; ++n) {
    const Vec b = vset(u.b[n]), c = vset(u.c[n]);
    const float* before = u.before ? u.before + n * u.state_step : nullptr;
    float* after = u.after + n * u.state_step;
    for (int64_t at = 0; at < u.width; at += 16) {
      const Vec h = vfma(vload(keep + at), before ? vload(before + at) : vset(0), vmul(vload(dx + at), b));
      vstore(after + at, h);
      vstore(y + at, vfma(c, h, vload(y + at)));
    }
  }
  for (int64_t at = 0; at < u.width; at += 16) vstore(u.out + at, vfma(vset(u.d[at / u.head_width]), vload(u.x + at), vload(y + at)));
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

const ScanKernels VT_SCAN_TABLE = {time_step, conv, scan, scan_row, delta, rg_lru, wkv};

}  // namespace vitrine::cpu
