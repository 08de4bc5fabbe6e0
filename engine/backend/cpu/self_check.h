// SPDX-License-Identifier: Apache-2.0
// Trying an instruction set out before relying on it: what the processor reports and what works can differ (virtual
// machines, kernels that keep no tile state, tables compiled wrongly).
#pragma once

#include "engine/backend/cpu/bf16_kernels.h"
#include "engine/backend/cpu/matmul_kernels.h"

namespace vitrine::cpu {

/// Whether `check`, called in a child process, returns true within `limit_ms`. A child that dies (of an illegal
/// instruction, say) did not. `check` may allocate nothing: other threads of this process may hold the heap's lock.
bool passes_in_child(bool (*check)(), int limit_ms = 2000) noexcept;

/// Whether both tables give the same bits for a small product of every kind of record.
bool same_tiles(const MatmulKernels& a, const MatmulKernels& b) noexcept;

/// Whether a small product has the bits that TDPBF16PS is documented to give, for many tokens, for a few, for one, and
/// for one straight from the stored values: 32 columns at a time, the even and the odd ones summed apart.
bool bf16_in_tile_order(const Bf16Kernels& kernels) noexcept;

}  // namespace vitrine::cpu
