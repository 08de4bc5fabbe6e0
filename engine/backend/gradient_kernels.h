// SPDX-License-Identifier: Apache-2.0
// The kernels of the backward pass, apart from Backend so that inference sees none of them. Results are added to what a tensor holds, in
// an order that depends on no thread count; formulas stand at the arguments (gradient_args.h).
#pragma once

#include "engine/backend/gradient_args.h"

namespace vitrine {

class GradientKernels {
 public:
  virtual ~GradientKernels() = default;

  // --- sums
  virtual void fill(const Tensor& t, float value) = 0;
  /// into += factor * d, shapes equal; or `into` is a vector over d's last axis: the sum over its rows is added.
  virtual void accumulate(const Tensor& d, float factor, const Tensor& into) = 0;
  /// into += d * other, other of d's shape or a vector over its last axis; into of d's shape, or such a vector.
  virtual void accumulate_product(const Tensor& d, const Tensor& other, const Tensor& into) = 0;
  /// y = x factors[i] for x[i, ...]:  dx += d_out factors;  d_factors[i] += sum(d_out x).
  virtual void scale_rows(const Tensor& x, const Tensor& factors, const Tensor& d_out, const Tensor& dx, const Tensor& d_factors) = 0;

  // --- pointwise: dx += d_out f'(x)
  virtual void activate(const Tensor& x, Activation kind, const Tensor& d_out, const Tensor& dx) = 0;
  virtual void softcap(const Tensor& x, float cap, const Tensor& d_out, const Tensor& dx) = 0;
  virtual void clamp(const Tensor& x, float low, float high, const Tensor& d_out, const Tensor& dx) = 0;
  virtual void gated(const GatedGradArgs& args) = 0;
  virtual void clamped_glu(const ClampedGluGradArgs& args) = 0;
  /// dx += the inverse rotation of d_out.
  virtual void rope(const Tensor& cos, const Tensor& sin, bool interleaved, const Tensor& d_out, const Tensor& dx) = 0;

  // --- rows
  virtual void matmul(const MatmulGradArgs& args) = 0;
  virtual void gather_rows(const GatherGradArgs& args) = 0;
  virtual void norm(const NormGradArgs& args) = 0;
  virtual void norm_scale(const NormScaleGradArgs& args) = 0;
  virtual void softmax(const SoftmaxGradArgs& args) = 0;
  virtual void cross_entropy(const CrossEntropyArgs& args) = 0;

  // --- mixtures of experts
  virtual void route(const RouteGradArgs& args) = 0;
  virtual void combine(const CombineGradArgs& args) = 0;

  // --- attention
  virtual void attend(const AttendGradArgs& args) = 0;
  virtual void scores(const ScoresGradArgs& args) = 0;
  virtual void weighted_values(const WeightedValuesGradArgs& args) = 0;

  // --- states carried along time
  virtual void time_step(const TimeStepGradArgs& args) = 0;
  virtual void conv1d(const Conv1dGradArgs& args) = 0;
  virtual void selective_scan(const SelectiveScanGradArgs& args) = 0;
  virtual void delta_rule(const DeltaRuleGradArgs& args) = 0;
  virtual void rg_lru(const RgLruGradArgs& args) = 0;
  virtual void wkv(const WkvGradArgs& args) = 0;
};

}  // namespace vitrine
