// SPDX-License-Identifier: Apache-2.0
// exp, tanh, erf and the activations on sixteen lanes. Include after one vec_*.h. Polynomials: own least-maximum fits;
// range reductions after Cody & Waite. Maximum errors (backend/rows_test): exp 2 ulp, tanh and erf 2e-7 absolute.
#pragma once

namespace vitrine::cpu {
namespace {

/// 0 below -87, infinity above 88.7228; NaN stays NaN; exp(0) == 1 exactly.
inline Vec vexp(Vec x) {
  const Vec clamped = vmin(vset(88.7228f), vmax(vset(-87.0f), x));
  const Vec t = vfma(clamped, vset(1.44269504f), vset(12582912.0f));  // 1.5 * 2^23: low bits become round(x / ln 2)
  const Vec n = vsub(t, vset(12582912.0f));
  const Vec r = vfma(n, vset(-1.42860677e-6f), vfma(n, vset(-0.693145752f), clamped));
  Vec p = vfma(vset(0.00139505346f), r, vset(0.00836894009f));
  p = vfma(p, r, vset(0.04166620597f));
  p = vfma(p, r, vset(0.16666518152f));
  p = vfma(p, r, vset(0.5f));
  p = vfma(vmul(p, r), r, vadd(r, vset(1)));
  const Vec y = vselect_lt(x, vset(-87.0f), vset(0), vscale_pow2(p, t));
  return vselect_lt(vset(88.7228f), x, vset(INFINITY), y);
}
inline float exp1(float x) { return vfirst(vexp(vset(x))); }

inline Vec vtanh(Vec x) {
  const Vec a = vabs(x), u = vmul(x, x);
  Vec p = vfma(vset(0.00229891529f), u, vset(-0.00834998209f));
  p = vfma(p, u, vset(0.02177098766f));
  p = vfma(p, u, vset(-0.05395954847f));
  p = vfma(p, u, vset(0.13333305717f));
  p = vfma(p, u, vset(-0.33333334327f));
  const Vec small = vfma(vmul(p, u), x, x);
  const Vec large = vsub(vset(1), vdiv(vset(2), vadd(vexp(vadd(a, a)), vset(1))));
  return vselect_lt(a, vset(0.625f), small, vcopysign(large, x));
}

inline Vec verf(Vec x) {
  const Vec u = vmul(x, x), t = vmin(vset(4.0f), vabs(x));
  Vec p = vfma(vset(7.88906909e-05f), u, vset(-0.00080208265f));
  p = vfma(p, u, vset(0.00518953381f));
  p = vfma(p, u, vset(-0.0268544443f));
  p = vfma(p, u, vset(0.1128360033f));
  p = vfma(p, u, vset(-0.37612625957f));
  p = vfma(p, u, vset(0.12837916613f));
  const Vec small = vfma(p, x, x);
  Vec q = vfma(vset(-1.16259696e-06f), t, vset(3.80529127e-05f));  // -log(erfc(t)) on [1, 4]
  q = vfma(q, t, vset(-0.00053973467f));
  q = vfma(q, t, vset(0.00453488948f));
  q = vfma(q, t, vset(-0.02588611096f));
  q = vfma(q, t, vset(0.10929007083f));
  q = vfma(q, t, vset(0.63253372908f));
  q = vfma(q, t, vset(1.12988126278f));
  q = vfma(q, t, vset(-0.00024542987f));
  const Vec large = vsub(vset(1), vexp(vsub(vset(0), q)));
  return vselect_lt(vabs(x), vset(1), small, vcopysign(large, x));
}

inline Vec vsigmoid(Vec x) { return vdiv(vset(1), vadd(vset(1), vexp(vsub(vset(0), x)))); }

// One struct an activation, so that a loop is compiled for each. The order is that of vitrine::Activation.
struct Identity {
  static Vec of(Vec x) { return x; }
};
struct Silu {
  static Vec of(Vec x) { return vdiv(x, vadd(vset(1), vexp(vsub(vset(0), x)))); }
};
struct Gelu {
  static Vec of(Vec x) { return vmul(vmul(vset(0.5f), x), vadd(vset(1), verf(vmul(x, vset(0.70710678f))))); }
};
struct GeluTanh {
  static Vec of(Vec x) {
    const Vec inner = vmul(vset(0.79788456f), vfma(vmul(vmul(x, x), x), vset(0.044715f), x));
    return vmul(vmul(vset(0.5f), x), vadd(vset(1), vtanh(inner)));
  }
};
struct GeluQuick {
  static Vec of(Vec x) { return vmul(x, vsigmoid(vmul(vset(1.702f), x))); }
};
struct Relu {
  static Vec of(Vec x) { return vmax(vset(0), x); }
};
struct ReluSquared {
  static Vec of(Vec x) {
    const Vec y = vmax(vset(0), x);
    return vmul(y, y);
  }
};
struct Tanh {
  static Vec of(Vec x) { return vtanh(x); }
};
struct Sigmoid {
  static Vec of(Vec x) { return vsigmoid(x); }
};

}  // namespace
}  // namespace vitrine::cpu
