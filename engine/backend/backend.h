// SPDX-License-Identifier: Apache-2.0
// What a device can do: memory, and the kernels all models are made of. nn/ and model/ see only this interface and never a host pointer.
// Sameness: a row's result depends neither on how many rows, sequences or threads run with it, nor on chunking (tests/laws).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/backend/args.h"
#include "engine/backend/scan_args.h"

namespace vitrine {

/// Done and total of a long step; return false to stop it (throws Error cancelled).
using ProgressFn = std::function<bool(int64_t done, int64_t total)>;

class GradientKernels;  // gradient_kernels.h

class VT_API Backend {
 public:
  virtual ~Backend() = default;
  virtual DeviceKind device() const noexcept = 0;
  /// For the user and for session records: "CPU, 2 threads, avx512-vnni".
  virtual std::string description() const = 0;
  /// "scalar", "avx2", "avx512", "avx512_bf16", "amx": part of what makes a result reproducible.
  virtual std::string_view instruction_set() const noexcept = 0;
  virtual int threads() const noexcept = 0;

  // --- memory
  /// Uninitialised. Reuses a block only when no Tensor or HostBlock holds it. Throws Error memory.
  virtual Tensor alloc(Shape shape, DType dtype) = 0;
  /// With an owner the bytes may be used in place for as long as the tensor lives (mapped weights); without, they are copied.
  virtual Tensor upload(std::span<const std::byte> bytes, Shape shape, DType dtype, std::shared_ptr<const void> owner = {}) = 0;
  /// A host copy of a (possibly strided) tensor; asynchronous where the device is.
  virtual std::shared_ptr<const HostBlock> snapshot(const Tensor& t) = 0;
  /// out = x, converting between f32, f16 and bf16; x may be strided. Shapes equal.
  virtual void copy(const Tensor& x, const Tensor& out) = 0;
  /// A weight in the layout the matmul kernels like best; may return `w` itself. Same dtype and shape.
  virtual Tensor prepare(const Tensor& w) = 0;
  /// Bytes held by live tensors, and the most they have been.
  virtual int64_t bytes_in_use() const noexcept = 0;
  virtual int64_t bytes_peak() const noexcept = 0;

  // --- linear
  /// One parallel region for the whole group; products of one group may share x (prepared once).
  virtual void matmul(std::span<const MatmulArgs> group) = 0;
  virtual void gather_rows(const GatherArgs& args) = 0;

  // --- pointwise and rows; out may be an input
  virtual void norm(const NormArgs& args) = 0;
  virtual void softmax(const Tensor& x, const Tensor& sinks, const Tensor& out) = 0;  // last axis; sinks [axis 0] or undefined
  virtual void add(const Tensor& a, const Tensor& b, const Tensor& out) = 0;          // b: a's shape or its last axis
  virtual void multiply(const Tensor& a, const Tensor& b, const Tensor& out) = 0;     // b: a's shape or its last axis
  virtual void scale(const Tensor& x, float factor, const Tensor& out) = 0;
  virtual void scale_rows(const Tensor& x, const Tensor& factors, const Tensor& out) = 0;  // factors [axis 0]: one for x[i, ...]
  virtual void softcap(const Tensor& x, float cap, const Tensor& out) = 0;            // cap * tanh(x / cap)
  virtual void clamp(const Tensor& x, float low, float high, const Tensor& out) = 0;
  virtual void activate(const Tensor& x, Activation kind, const Tensor& out) = 0;
  virtual void gated(const Tensor& gate, const Tensor& up, Activation kind, const Tensor& out) = 0;  // act(gate) * up
  virtual void clamped_glu(const ClampedGluArgs& args) = 0;

  // --- mixtures of experts
  virtual void route(const RouteArgs& args) = 0;
  virtual void combine(const CombineArgs& args) = 0;

  // --- positions
  virtual void rope_table(const RopeTableArgs& args) = 0;
  virtual void rope(const RopeArgs& args) = 0;

  // --- attention over a paged cache
  /// `pages` pages of each of these layers, all side by side in one block of memory: they come and go together.
  virtual std::vector<KvSlab> alloc_kv_slabs(int pages, int page_tokens, std::span<const KvSizes> layers, DType dtype) = 0;
  virtual void kv_write(const KvWriteArgs& args) = 0;
  virtual void kv_read(const KvReadArgs& args) = 0;
  virtual void kv_copy_page(const KvView& kv, int from_page, int to_page) = 0;
  virtual void attend(const AttendArgs& args) = 0;
  virtual void attend_scores(const ScoresArgs& args) = 0;
  virtual void weighted_values(const WeightedValuesArgs& args) = 0;
  virtual void attention_tile(const AttentionTileArgs& args) = 0;

  // --- states carried along time
  virtual void time_step(const TimeStepArgs& args) = 0;
  virtual void conv1d(const Conv1dArgs& args) = 0;
  virtual void selective_scan(const SelectiveScanArgs& args) = 0;
  virtual void delta_rule(const DeltaRuleArgs& args) = 0;
  virtual void rg_lru(const RgLruArgs& args) = 0;
  virtual void wkv(const WkvArgs& args) = 0;

  /// The kernels of the backward pass.
  virtual GradientKernels& gradients() noexcept = 0;

  // --- looking and changing
  /// values [..., k] f32 and ids [..., k] i32 of the k largest of the last axis, largest first, ties by lower id.
  virtual void top_k(const Tensor& x, int k, const Tensor& values, const Tensor& ids) = 0;
  /// out[..., 5] over the last axis: mean, standard deviation (population), minimum, maximum, l2 norm.
  virtual void row_stats(const Tensor& x, const Tensor& out) = 0;
  /// Mean over axis 0: x [n, ...] -> out [...].
  virtual void mean_first_axis(const Tensor& x, const Tensor& out) = 0;
  virtual void edit(const EditArgs& args) = 0;
};

struct BackendOptions {
  DeviceKind device = DeviceKind::cpu;
  int threads = 0;          // 0: one per physical core this process may use
  std::string isa = {};     // "", "scalar", "avx2", "avx512", "avx512_bf16", "amx": highest level allowed; VITRINE_ISA is read when empty
};

/// Throws Error unsupported when the device is not there or the instruction set cannot run here.
VT_API std::shared_ptr<Backend> make_backend(const BackendOptions& options = {});

}  // namespace vitrine
