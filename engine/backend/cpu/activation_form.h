// SPDX-License-Identifier: Apache-2.0
// x of a matrix product in the shape the kernels read.
#pragma once

#include "engine/backend/args.h"
#include "engine/backend/cpu/bf16_kernels.h"
#include "engine/backend/cpu/matmul_kernels.h"
#include "engine/backend/cpu/weights.h"
#include "engine/tensor/tensor.h"

namespace vitrine::cpu {

/// What the columns of x and w are multiplied in.
enum class Arithmetic : uint8_t {
  f32,
  integer,  // int8 codes of x, integer sums per record
  bf16,
};

/// integer for block formats and bf16 for plain ones where `fast` allows them and the kernels have them.
Arithmetic arithmetic_of(const MatmulKernels& kernels, const Weight& w, Precision precision) noexcept;

/// Tiles of quantized tokens, of bfloat16 pairs, of f32 [column][token], or (one token, f32) x as it is.
struct ActivationForm {
  const float* x = nullptr;
  int64_t x_step = 0, rows = 0, columns = 0;
  Arithmetic arithmetic = Arithmetic::f32;
  int width = 1;  // tokens of a tile
  std::byte* data = nullptr;

  /// x [rows, columns] f32, rows x_step floats apart.
  ActivationForm(const float* x, int64_t x_step, int64_t rows, int64_t columns, Arithmetic arithmetic,
                 const MatmulKernels& kernels);

  bool same(const ActivationForm& other) const noexcept;
  bool integer() const noexcept { return arithmetic == Arithmetic::integer; }
  bool as_it_is() const noexcept { return arithmetic == Arithmetic::f32 && width == 1; }
  int64_t tiles() const noexcept { return (rows + width - 1) / width; }
  int64_t tile_bytes() const noexcept;
  int64_t bytes() const noexcept { return as_it_is() ? 0 : (tiles() * tile_bytes() + 63) / 64 * 64; }
  const std::byte* tile(int64_t index) const noexcept { return data + index * tile_bytes(); }
  void make_tile(const MatmulKernels& kernels, int64_t index) const noexcept;
};

}  // namespace vitrine::cpu
