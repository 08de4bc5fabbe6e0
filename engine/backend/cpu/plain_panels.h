// SPDX-License-Identifier: Apache-2.0
// Two panels of a weight opened for a product, a chunk of columns at a time, and the product itself: in f32, or in
// bfloat16.
#pragma once

#include "engine/backend/cpu/activation_form.h"
#include "engine/backend/cpu/bf16_kernels.h"
#include "engine/backend/cpu/weights.h"

namespace vitrine::cpu {

/// Panels of a plain or decoded weight as f32 [column][16], read where they lie if they are that already.
class FloatPanels {
 public:
  FloatPanels(const MatmulKernels& kernels, const Weight& w, std::byte* scratch)
      : kernels_(kernels), w_(w), in_place_(w.plain() == PlainType::f32), chunk_(reinterpret_cast<float*>(scratch)),
        own_(scratch + 2 * Weight::kScratchBytes) {}

  int64_t most_columns() const { return in_place_ ? kInPlaceColumns : Weight::kChunkColumns; }

  void open(int64_t panel, int panels, int64_t from, int64_t count) {
    if (in_place_) {
      at_ = reinterpret_cast<const float*>(w_.panel(panel)) + from * kPanelRows;
      step_ = w_.columns() * kPanelRows;
      return;
    }
    at_ = chunk_;
    step_ = Weight::kChunkColumns * kPanelRows;
    for (int i = 0; i < panels; ++i) w_.panel_f32(kernels_, panel + i, from, count, own_, chunk_ + i * step_);
  }

  /// `bias` is left to the caller.
  bool multiply(const ActivationForm& form, int64_t tile, int tokens, int panels, int64_t from, int64_t count,
                float* out, int64_t out_step, const float*) const {
    const float* x = form.as_it_is() ? form.x : reinterpret_cast<const float*>(form.tile(tile));
    kernels_.gemm(x + from * form.width, form.width, tokens, at_, step_, panels, count, out, out_step, from > 0);
    return false;
  }

 private:
  const MatmulKernels& kernels_;
  const Weight& w_;
  static constexpr int64_t kInPlaceColumns = 4096;  // of two panels read where they lie: half of an L2 cache

  bool in_place_;
  float* chunk_;  // two panels of kChunkColumns
  std::byte* own_;
  const float* at_ = nullptr;
  int64_t step_ = 0;
};

/// Panels of a plain weight as pairs of bfloat16. While one lives, its thread's tile registers (if any) are in use.
class Bf16Panels {
 public:
  /// `width`: of the tiles of x.
  Bf16Panels(const MatmulKernels& kernels, const Weight& w, int width, std::byte* scratch)
      : kernels_(*kernels.bf16), w_(w), pairs_(reinterpret_cast<uint16_t*>(scratch)) {
    if (kernels_.enter) kernels_.enter(width);
  }
  ~Bf16Panels() {
    if (kernels_.leave) kernels_.leave();
  }
  Bf16Panels(const Bf16Panels&) = delete;
  Bf16Panels& operator=(const Bf16Panels&) = delete;

  static int64_t most_columns() { return kColumns; }

  void open(int64_t panel, int panels, int64_t from, int64_t count) {
    const int64_t first = from * w_.panel_bytes() / w_.columns();
    for (int i = 0; i < panels; ++i)
      kernels_.panel(*w_.plain(), w_.panel(panel + i) + first, count, pairs_ + i * kStep);
  }

  /// With the bias.
  bool multiply(const ActivationForm& form, int64_t tile, int tokens, int panels, int64_t from, int64_t count,
                float* out, int64_t out_step, const float* bias) const {
    const auto* x = reinterpret_cast<const uint16_t*>(form.tile(tile)) + from * form.width;
    kernels_.multiply(x, form.width, tokens, pairs_, kStep, panels, count,
                      {.out = out, .step = out_step, .more = from > 0, .bias = bias});
    return bias != nullptr;
  }

 private:
  static constexpr int64_t kStep = Weight::kScratchBytes / int64_t(sizeof(uint16_t)), kColumns = kStep / kPanelRows;

  const Bf16Kernels& kernels_;
  const Weight& w_;
  uint16_t* pairs_;
};

}  // namespace vitrine::cpu
