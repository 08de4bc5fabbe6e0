// SPDX-License-Identifier: Apache-2.0
// How the matrix product reads a weight: as records (prepared block formats), as panels of its own plain type
// (prepared f32, f16, bf16), or row by row (anything, as stored).
#pragma once

#include <optional>

#include "engine/backend/cpu/matmul_kernels.h"
#include "engine/tensor/tensor.h"

namespace vitrine::cpu {

std::optional<RecordFormat> record_format(DType dtype) noexcept;
std::optional<PlainType> plain_type(DType dtype) noexcept;

/// A weight [rows, columns] of any dtype, plain or prepared; borrows the tensor's bytes.
class Weight {
 public:
  explicit Weight(const Tensor& w);

  int64_t rows() const noexcept { return rows_; }
  int64_t columns() const noexcept { return columns_; }
  int64_t panels() const noexcept { return (rows_ + kPanelRows - 1) / kPanelRows; }
  /// Set when prepared and the integer kernels know the format.
  const std::optional<RecordFormat>& records() const noexcept { return records_; }
  const std::optional<PlainType>& plain() const noexcept { return plain_; }
  int64_t record_count() const noexcept { return columns_ / kRecordColumns; }
  /// Bytes read for one panel.
  int64_t panel_bytes() const noexcept { return panel_bytes_; }
  const uint8_t* panel(int64_t index) const noexcept { return data_ + index * panel_bytes_; }

  /// Columns [from, from + count) of one panel as f32 [count][16]; rows beyond the last are zero.
  /// from and count: multiples of 256, or up to the end. `scratch`: panel_scratch_bytes().
  void panel_f32(const MatmulKernels& kernels, int64_t index, int64_t from, int64_t count, std::byte* scratch,
                 float* out) const;
  /// One row as f32 [columns].
  void row_f32(const MatmulKernels& kernels, int64_t row, float* out) const;

  static constexpr int64_t kChunkColumns = 256;
  static constexpr int64_t kScratchBytes = 16 * kChunkColumns * 4;  // one chunk of a panel, row by row or as records

 private:
  const uint8_t* row(int64_t index) const noexcept { return data_ + index * row_bytes_; }

  const uint8_t* data_ = nullptr;
  DType dtype_ = DType::f32;
  int64_t rows_ = 0, columns_ = 0, row_bytes_ = 0, panel_bytes_ = 0;
  std::optional<RecordFormat> records_;
  std::optional<PlainType> plain_;
};

/// Rows 16 index ... of a plain weight written as one panel (records or [column][16]), rows beyond the last as zeros.
void pack_record_panel(RecordFormat format, const uint8_t* rows, int64_t row_bytes, int valid, int64_t columns,
                       uint8_t* panel) noexcept;
void pack_plain_panel(PlainType type, const uint8_t* rows, int64_t row_bytes, int valid, int64_t columns,
                      uint8_t* panel) noexcept;
int64_t packed_panel_bytes(DType dtype, int64_t columns) noexcept;

}  // namespace vitrine::cpu
