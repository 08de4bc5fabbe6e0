// SPDX-License-Identifier: Apache-2.0
// Puts the CPU backend together; the kernel tables are chosen here, once.
#include "engine/backend/cpu/cpu_backend.h"

#include "engine/core/text.h"

namespace vitrine::cpu {

const RowKernels& row_kernels(Isa isa);              // row_kernels.h
const AttentionKernels& attention_kernels(Isa isa);  // attention_kernels.h
const MatmulKernels& matmul_kernels(Isa isa);        // matmul_kernels.h

CpuBackend::CpuBackend(int threads, Isa isa)
    : isa_(isa),
      pool_(threads),
      allocator_(std::make_shared<Allocator>()),
      matmul_kernels_(cpu::matmul_kernels(isa)),
      row_kernels_(cpu::row_kernels(isa)),
      attention_kernels_(cpu::attention_kernels(isa)) {}

CpuBackend::~CpuBackend() = default;

std::string CpuBackend::description() const {
  return cat("CPU, ", threads(), threads() == 1 ? " thread, " : " threads, ", instruction_set());
}

}  // namespace vitrine::cpu
