// SPDX-License-Identifier: Apache-2.0
// The backward kernels on the CPU: plain f32 loops that the compiler vectorises, split over the pool so that no sum depends on it.
#pragma once

#include "engine/backend/gradient_kernels.h"
#include "engine/core/thread_pool.h"

namespace vitrine::cpu {

struct MatmulKernels;  // matmul_kernels.h

class CpuGradients final : public GradientKernels {
 public:
  CpuGradients(ThreadPool& pool, const MatmulKernels& kernels) : pool_(pool), kernels_(kernels) {}

  // gradients_rows.cpp
  void fill(const Tensor& t, float value) override;
  void accumulate(const Tensor& d, float factor, const Tensor& into) override;
  void accumulate_product(const Tensor& d, const Tensor& other, const Tensor& into) override;
  void scale_rows(const Tensor& x, const Tensor& factors, const Tensor& d_out, const Tensor& dx, const Tensor& d_factors) override;
  void activate(const Tensor& x, Activation kind, const Tensor& d_out, const Tensor& dx) override;
  void softcap(const Tensor& x, float cap, const Tensor& d_out, const Tensor& dx) override;
  void clamp(const Tensor& x, float low, float high, const Tensor& d_out, const Tensor& dx) override;
  void gated(const GatedGradArgs& args) override;
  void clamped_glu(const ClampedGluGradArgs& args) override;
  void rope(const Tensor& cos, const Tensor& sin, bool interleaved, const Tensor& d_out, const Tensor& dx) override;
  void norm(const NormGradArgs& args) override;
  void norm_scale(const NormScaleGradArgs& args) override;
  void softmax(const SoftmaxGradArgs& args) override;
  void cross_entropy(const CrossEntropyArgs& args) override;
  // gradients_linear.cpp
  void matmul(const MatmulGradArgs& args) override;
  void gather_rows(const GatherGradArgs& args) override;
  void route(const RouteGradArgs& args) override;
  void combine(const CombineGradArgs& args) override;
  // gradients_attend.cpp
  void attend(const AttendGradArgs& args) override;
  void scores(const ScoresGradArgs& args) override;
  void weighted_values(const WeightedValuesGradArgs& args) override;
  // gradients_scan.cpp
  void time_step(const TimeStepGradArgs& args) override;
  void conv1d(const Conv1dGradArgs& args) override;
  void selective_scan(const SelectiveScanGradArgs& args) override;
  void delta_rule(const DeltaRuleGradArgs& args) override;
  void rg_lru(const RgLruGradArgs& args) override;
  void wkv(const WkvGradArgs& args) override;

 private:
  ThreadPool& pool_;
  const MatmulKernels& kernels_;
};

}  // namespace vitrine::cpu
