// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/pointwise.h"

#include "engine/nn/backward.h"

namespace vitrine::nn {

static Tensor add_to(Exec& ex, const Tensor& a, const Tensor& b, bool given_up) {
  Tensor out = room_for(ex, a, given_up);
  ex.backend().add(a, b, out);
  if (ex.tape())
    back_through(ex, out, [a, b](Tape& t, const Tensor& d) {
      t.kernels().accumulate(d, 1, t.grad(a));
      t.kernels().accumulate(d, 1, t.grad(b));
    });
  return out;
}
Tensor add(Exec& ex, const Tensor& a, const Tensor& b) { return add_to(ex, a, b, false); }
Tensor add(Exec& ex, Tensor&& a, const Tensor& b) { return add_to(ex, a, b, true); }

static Tensor multiply_by(Exec& ex, const Tensor& a, const Tensor& b, bool given_up) {
  Tensor out = room_for(ex, a, given_up);
  ex.backend().multiply(a, b, out);
  if (ex.tape())
    back_through(ex, out, [a, b](Tape& t, const Tensor& d) {
      t.kernels().accumulate_product(d, b, t.grad(a));
      t.kernels().accumulate_product(d, a, t.grad(b));
    });
  return out;
}
Tensor multiply(Exec& ex, const Tensor& a, const Tensor& b) { return multiply_by(ex, a, b, false); }
Tensor multiply(Exec& ex, Tensor&& a, const Tensor& b) { return multiply_by(ex, a, b, true); }

static Tensor scale_by(Exec& ex, const Tensor& x, float factor, bool given_up) {
  Tensor out = room_for(ex, x, given_up);
  ex.backend().scale(x, factor, out);
  if (ex.tape()) back_through(ex, out, [x, factor](Tape& t, const Tensor& d) { t.kernels().accumulate(d, factor, t.grad(x)); });
  return out;
}
Tensor scale(Exec& ex, const Tensor& x, float factor) { return scale_by(ex, x, factor, false); }
Tensor scale(Exec& ex, Tensor&& x, float factor) { return scale_by(ex, x, factor, true); }

static Tensor scale_rows_by(Exec& ex, const Tensor& x, const Tensor& factors, bool given_up) {
  Tensor out = room_for(ex, x, given_up);
  ex.backend().scale_rows(x, factors, out);
  if (ex.tape())
    back_through(ex, out, [x, factors](Tape& t, const Tensor& d) { t.kernels().scale_rows(x, factors, d, t.grad(x), t.grad(factors)); });
  return out;
}
Tensor scale_rows(Exec& ex, const Tensor& x, const Tensor& factors) { return scale_rows_by(ex, x, factors, false); }
Tensor scale_rows(Exec& ex, Tensor&& x, const Tensor& factors) { return scale_rows_by(ex, x, factors, true); }

Tensor softcap(Exec& ex, Tensor&& x, float cap) {
  Tensor out = room_for(ex, x, true);
  ex.backend().softcap(x, cap, out);
  if (ex.tape()) back_through(ex, out, [x, cap](Tape& t, const Tensor& d) { t.kernels().softcap(x, cap, d, t.grad(x)); });
  return out;
}

Tensor clamp(Exec& ex, Tensor&& x, float low, float high) {
  Tensor out = room_for(ex, x, true);
  ex.backend().clamp(x, low, high, out);
  if (ex.tape()) back_through(ex, out, [x, low, high](Tape& t, const Tensor& d) { t.kernels().clamp(x, low, high, d, t.grad(x)); });
  return out;
}

static Tensor activated(Exec& ex, const Tensor& x, Activation kind, bool given_up) {
  Tensor out = room_for(ex, x, given_up);
  ex.backend().activate(x, kind, out);
  if (ex.tape()) back_through(ex, out, [x, kind](Tape& t, const Tensor& d) { t.kernels().activate(x, kind, d, t.grad(x)); });
  return out;
}
Tensor activate(Exec& ex, const Tensor& x, Activation kind) { return activated(ex, x, kind, false); }
Tensor activate(Exec& ex, Tensor&& x, Activation kind) { return activated(ex, x, kind, true); }

Tensor gated(Exec& ex, const Tensor& gate, const Tensor& up, Activation kind) {
  Tensor out = ex.alloc(up.shape());
  ex.backend().gated(gate, up, kind, out);
  if (ex.tape())
    back_through(ex, out, [gate, up, kind](Tape& t, const Tensor& d) {
      t.kernels().gated({.gate = gate, .up = up, .d_out = d, .d_gate = t.grad(gate), .d_up = t.grad(up), .kind = kind});
    });
  return out;
}

Tensor clamped_glu(Exec& ex, const Tensor& gate, const Tensor& up, float alpha, float limit) {
  Tensor out = ex.alloc(up.shape());
  ex.backend().clamped_glu({.gate = gate, .up = up, .out = out, .alpha = alpha, .limit = limit});
  if (ex.tape())
    back_through(ex, out, [gate, up, alpha, limit](Tape& t, const Tensor& d) {
      t.kernels().clamped_glu({.gate = gate, .up = up, .d_out = d, .d_gate = t.grad(gate), .d_up = t.grad(up), .alpha = alpha, .limit = limit});
    });
  return out;
}

Tensor softmax(Exec& ex, const Tensor& x, const Tensor& sinks) {
  Tensor out = ex.alloc(x.shape());
  ex.backend().softmax(x, sinks, out);
  if (ex.tape())
    back_through(ex, out, [x, sinks, out](Tape& t, const Tensor& d) {
      t.kernels().softmax({.probs = out, .d_probs = d, .dx = t.grad(x), .d_sinks = t.grad(sinks)});
    });
  return out;
}

void copy_into(Exec& ex, const Tensor& from, const Tensor& to) {
  ex.backend().copy(from, to);
  if (ex.tape()) back_through(ex, to, [from](Tape& t, const Tensor& d) { t.kernels().accumulate(d, 1, t.grad(from)); });
}

Tensor dense(Exec& ex, const Tensor& x) {
  if (x.contiguous()) return x;
  Tensor out = ex.alloc(x.shape());
  copy_into(ex, x, out);
  return out;
}

void rotate_into(Exec& ex, const Tensor& x, const Tensor& cos, const Tensor& sin, bool interleaved, const Tensor& to) {
  ex.backend().rope({x, cos, sin, to, interleaved});
  if (ex.tape())
    back_through(ex, to, [x, cos, sin, interleaved](Tape& t, const Tensor& d) { t.kernels().rope(cos, sin, interleaved, d, t.grad(x)); });
}

static Tensor time_step_of(Exec& ex, const Tensor& x, const Tensor& bias, float least, float most, bool given_up) {
  Tensor out = room_for(ex, x, given_up);
  ex.backend().time_step({.x = x, .bias = bias, .out = out, .least = least, .most = most});
  if (ex.tape())
    back_through(ex, out, [x, bias, least, most](Tape& t, const Tensor& d) {
      t.kernels().time_step({.x = x, .bias = bias, .d_out = d, .dx = t.grad(x), .d_bias = t.grad(bias), .least = least, .most = most});
    });
  return out;
}
Tensor time_step(Exec& ex, const Tensor& x, const Tensor& bias, float least, float most) { return time_step_of(ex, x, bias, least, most, false); }
Tensor time_step(Exec& ex, Tensor&& x, const Tensor& bias, float least, float most) { return time_step_of(ex, x, bias, least, most, true); }

}  // namespace vitrine::nn
