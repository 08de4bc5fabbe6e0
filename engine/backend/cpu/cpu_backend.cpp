// SPDX-License-Identifier: Apache-2.0
// Puts the CPU backend together; the kernel tables are chosen here, once.
#include "engine/backend/cpu/cpu_backend.h"

#include "engine/backend/cpu/attention_kernels.h"
#include "engine/backend/cpu/gradients.h"
#include "engine/backend/cpu/matmul_kernels.h"
#include "engine/backend/cpu/row_kernels.h"
#include "engine/backend/cpu/scan_kernels.h"
#include "engine/core/text.h"

namespace vitrine::cpu {

CpuBackend::CpuBackend(int threads, Isa isa) : CpuBackend(threads, isa, cpu::matmul_kernels(isa)) {}

CpuBackend::CpuBackend(int threads, Isa isa, const MatmulKernels& matmul_kernels)
    : isa_(isa),
      pool_(threads),
      allocator_(std::make_shared<Allocator>()),
      weight_order_(pool_.fetch_budget()),
      matmul_kernels_(matmul_kernels),
      row_kernels_(cpu::row_kernels(isa)),
      attention_kernels_(cpu::attention_kernels(isa)),
      scan_kernels_(cpu::scan_kernels(isa)),
      gradients_(std::make_unique<CpuGradients>(pool_, matmul_kernels_)) {}

CpuBackend::~CpuBackend() = default;

GradientKernels& CpuBackend::gradients() noexcept { return *gradients_; }

std::string CpuBackend::description() const {
  return cat("CPU, ", threads(), threads() == 1 ? " thread, " : " threads, ", instruction_set());
}

}  // namespace vitrine::cpu
