// SPDX-License-Identifier: Apache-2.0
// The CPU backend: caching allocator, thread pool and kernels chosen once for the instruction set that really works
// here.
#pragma once

#include <memory>
#include <mutex>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/allocator.h"
#include "engine/backend/cpu/isa.h"
#include "engine/backend/cpu/weight_order.h"
#include "engine/core/thread_pool.h"

namespace vitrine::cpu {

struct MatmulKernels;     // matmul_kernels.h
struct RowKernels;        // row_kernels.h: norms, softmax, pointwise, rotary, reductions
struct AttentionKernels;  // attention_kernels.h
struct ScanKernels;       // scan_kernels.h
class CpuGradients;       // gradients.h

class CpuBackend final : public Backend {
 public:
  CpuBackend(int threads, Isa isa);
  /// With a table of matrix products that is not the level's own; it outlives the backend.
  CpuBackend(int threads, Isa isa, const MatmulKernels& matmul_kernels);
  ~CpuBackend() override;

  DeviceKind device() const noexcept override { return DeviceKind::cpu; }
  std::string description() const override;
  std::string_view instruction_set() const noexcept override { return isa_name(isa_); }
  int threads() const noexcept override { return pool_.size(); }
  GradientKernels& gradients() noexcept override;

  // memory.cpp
  Tensor alloc(Shape shape, DType dtype) override;
  Tensor upload(std::span<const std::byte> bytes, Shape shape, DType dtype, std::shared_ptr<const void> owner) override;
  std::shared_ptr<const HostBlock> snapshot(const Tensor& t) override;
  void copy(const Tensor& x, const Tensor& out) override;
  int64_t bytes_in_use() const noexcept override;
  int64_t bytes_peak() const noexcept override;
  // matmul.cpp, prepare.cpp
  Tensor prepare(const Tensor& w) override;
  void matmul(std::span<const MatmulArgs> group) override;
  void gather_rows(const GatherArgs& args) override;
  // rows.cpp
  void norm(const NormArgs& args) override;
  void softmax(const Tensor& x, const Tensor& sinks, const Tensor& out) override;
  void add(const Tensor& a, const Tensor& b, const Tensor& out) override;
  void multiply(const Tensor& a, const Tensor& b, const Tensor& out) override;
  void scale(const Tensor& x, float factor, const Tensor& out) override;
  void scale_rows(const Tensor& x, const Tensor& factors, const Tensor& out) override;
  void softcap(const Tensor& x, float cap, const Tensor& out) override;
  void clamp(const Tensor& x, float low, float high, const Tensor& out) override;
  void activate(const Tensor& x, Activation kind, const Tensor& out) override;
  void gated(const Tensor& gate, const Tensor& up, Activation kind, const Tensor& out) override;
  void clamped_glu(const ClampedGluArgs& args) override;
  // experts.cpp
  void route(const RouteArgs& args) override;
  void combine(const CombineArgs& args) override;
  // rotary.cpp
  void rope_table(const RopeTableArgs& args) override;
  void rope(const RopeArgs& args) override;
  // scan.cpp
  void time_step(const TimeStepArgs& args) override;
  void conv1d(const Conv1dArgs& args) override;
  void selective_scan(const SelectiveScanArgs& args) override;
  void delta_rule(const DeltaRuleArgs& args) override;
  void rg_lru(const RgLruArgs& args) override;
  void wkv(const WkvArgs& args) override;
  // reduce.cpp
  void top_k(const Tensor& x, int k, const Tensor& values, const Tensor& ids) override;
  void row_stats(const Tensor& x, const Tensor& out) override;
  void mean_first_axis(const Tensor& x, const Tensor& out) override;
  void edit(const EditArgs& args) override;
  // attend.cpp, kv.cpp
  std::vector<KvSlab> alloc_kv_slabs(int pages, int page_tokens, std::span<const KvSizes> layers, DType dtype) override;
  void kv_write(const KvWriteArgs& args) override;
  void kv_read(const KvReadArgs& args) override;
  void kv_copy_page(const KvView& kv, int from_page, int to_page) override;
  void attend(const AttendArgs& args) override;
  void attend_scores(const ScoresArgs& args) override;
  void weighted_values(const WeightedValuesArgs& args) override;
  void attention_tile(const AttentionTileArgs& args) override;

 private:
  Isa isa_;
  ThreadPool pool_;
  std::shared_ptr<Allocator> allocator_;
  std::mutex weight_order_busy_;
  WeightOrder weight_order_;
  const MatmulKernels& matmul_kernels_;
  const RowKernels& row_kernels_;
  const AttentionKernels& attention_kernels_;
  const ScanKernels& scan_kernels_;
  std::unique_ptr<CpuGradients> gradients_;
};

}  // namespace vitrine::cpu
