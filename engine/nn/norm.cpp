// SPDX-License-Identifier: Apache-2.0
// RMS norm (Zhang & Sennrich 2019, arXiv:1910.07467) and layer norm (Ba et al. 2016, arXiv:1607.06450).
#include "engine/nn/backward.h"
#include "engine/nn/ops.h"

namespace vitrine::nn {

/// Rows times old/new scale, bias added after: what the norm would have given had its scale been the edited one.
static void apply_edited_scale(Exec& ex, const Tensor& x, const Norm& weights, const NormRule& rule, const Tensor& scale, const Tensor& edited,
                               const Tensor& out) {
  ex.backend().norm({.x = x, .weight = weights.w, .out = out, .eps = rule.eps, .center = rule.center});
  const std::vector<float> before = ex.backend().snapshot(scale)->f32(), after = ex.backend().snapshot(edited)->f32();
  for (size_t row = 0; row < before.size(); ++row)
    if (before[row] != after[row])
      ex.backend().edit({.op = EditArgs::Op::scale, .x = out, .rows = ex.upload_i32({int32_t(row)}), .factor = before[row] / after[row]});
  if (weights.b.defined()) ex.backend().add(out, weights.b, out);
}

/// From the norm back to x and its weights, or with `divisor` to the scale that was tapped in between.
static void norm_back(Exec& ex, const Tensor& x, const Norm& weights, const NormRule& rule, const Tensor& divisor, const Tensor& out) {
  back_through(ex, out, [x, weights, rule, divisor](Tape& t, const Tensor& d) {
    t.kernels().norm({.x = x, .weight = weights.w, .divisor = divisor, .d_out = d, .dx = t.grad(x), .dw = t.grad(weights.w), .db = t.grad(weights.b),
                      .d_divisor = t.grad(divisor), .eps = rule.eps, .center = rule.center});
  });
}

void norm_into(Exec& ex, const Tensor& x, const Norm& weights, const NormRule& rule, const Tensor& out) {
  ex.backend().norm({.x = x, .weight = weights.w, .bias = weights.b, .out = out, .eps = rule.eps, .center = rule.center});
  if (ex.tape()) norm_back(ex, x, weights, rule, {}, out);
}

Tensor norm(Exec& ex, const Tensor& x, const Norm& weights, const NormRule& rule, std::optional<Site> scale_site) {
  Tensor out = ex.alloc(x.shape());
  if (!scale_site || !ex.wants(*scale_site)) {
    norm_into(ex, x, weights, rule, out);
    return out;
  }
  const Tensor scale = ex.alloc({x.shape().rows(), 1});
  ex.backend().norm({.x = x, .weight = weights.w, .bias = weights.b, .out = out, .scale = scale, .eps = rule.eps, .center = rule.center});
  if (ex.tape())
    back_through(ex, scale, [x, rule](Tape& t, const Tensor& d) {
      t.kernels().norm_scale({.x = x, .d_scale = d, .dx = t.grad(x), .eps = rule.eps, .center = rule.center});
    });
  Tensor tapped = scale;
  ex.tap(*scale_site, tapped);
  if (ex.edits(*scale_site)) apply_edited_scale(ex, x, weights, rule, scale, tapped, out);
  if (ex.tape()) norm_back(ex, x, weights, rule, tapped, out);
  return out;
}

}  // namespace vitrine::nn
