// SPDX-License-Identifier: Apache-2.0
// RMS norm (Zhang & Sennrich 2019, arXiv:1910.07467) and layer norm (Ba et al. 2016, arXiv:1607.06450).
#include "engine/nn/ops.h"

namespace vitrine::nn {

/// Rows times old/new scale, bias added after: what the norm would have given had its scale been the edited one.
static Tensor with_edited_scale(Exec& ex, const Tensor& x, const Norm& weights, const NormRule& rule, const Tensor& scale, Site site) {
  Tensor edited = scale;
  ex.tap(site, edited);
  Tensor out = ex.alloc(x.shape());
  ex.backend().norm({.x = x, .weight = weights.w, .out = out, .eps = rule.eps, .center = rule.center});
  const std::vector<float> before = ex.backend().snapshot(scale)->f32(), after = ex.backend().snapshot(edited)->f32();
  for (size_t row = 0; row < before.size(); ++row)
    if (before[row] != after[row])
      ex.backend().edit({.op = EditArgs::Op::scale, .x = out, .rows = ex.upload_i32({int32_t(row)}), .factor = before[row] / after[row]});
  if (weights.b.defined()) ex.backend().add(out, weights.b, out);
  return out;
}

Tensor norm(Exec& ex, const Tensor& x, const Norm& weights, const NormRule& rule, std::optional<Site> scale_site) {
  Tensor out = ex.alloc(x.shape());
  NormArgs args{.x = x, .weight = weights.w, .bias = weights.b, .out = out, .eps = rule.eps, .center = rule.center};
  if (!scale_site || !ex.wants(*scale_site)) {
    ex.backend().norm(args);
    return out;
  }
  Tensor scale = ex.alloc({x.shape().rows(), 1});
  args.scale = scale;
  ex.backend().norm(args);
  if (ex.edits(*scale_site)) return with_edited_scale(ex, x, weights, rule, scale, *scale_site);
  ex.tap(*scale_site, scale);
  return out;
}

}  // namespace vitrine::nn
