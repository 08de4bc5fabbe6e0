// SPDX-License-Identifier: Apache-2.0
// A tensor as rows of its last axis, with leading axes of any stride: what the row kernels walk over.
#pragma once

#include "engine/core/check.h"
#include "engine/tensor/tensor.h"

namespace vitrine::cpu {

template <class T>
inline T* data_of(const Tensor& t) {
  return t.defined() ? reinterpret_cast<T*>(t.storage()->data + t.byte_offset()) : nullptr;
}

template <class T>
class RowView {
 public:
  RowView(const Tensor& t, DType dtype, const char* what) : data_(data_of<T>(t)) {
    VT_CHECK(t.defined(), what, " is missing");
    VT_CHECK(t.dtype() == dtype && !t.packed(), what, " must be plain ", dtype_info(dtype).name, ", is ",
             dtype_info(t.dtype()).name);
    VT_CHECK(t.rank() > 0, what, " has no axis");
    columns_ = t.size(-1);
    rows_ = t.shape().rows();
    VT_CHECK(columns_ <= 1 || t.stride(-1) == 1, what, ": the last axis must be contiguous");
    for (int axis = t.rank() - 2; axis >= 0; --axis) {  // merges axes that follow each other without a gap
      if (t.size(axis) == 1) continue;
      if (axes_ > 0 && t.stride(axis) == stride_[axes_ - 1] * extent_[axes_ - 1]) {
        extent_[axes_ - 1] *= t.size(axis);
      } else {
        extent_[axes_] = t.size(axis);
        stride_[axes_++] = t.stride(axis);
      }
    }
    dense_ = rows_ <= 1 || (axes_ == 1 && stride_[0] == columns_);
  }

  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  /// All rows follow each other: the whole is one run of floats.
  bool dense() const { return dense_; }
  T* row(int64_t r) const {
    if (axes_ <= 1) return data_ + r * stride_[0];
    int64_t offset = 0;
    for (int axis = 0; axis + 1 < axes_; ++axis) {
      offset += r % extent_[axis] * stride_[axis];
      r /= extent_[axis];
    }
    return data_ + offset + r * stride_[axes_ - 1];
  }
  /// The same row for every index: a vector broadcast over rows.
  void broadcast(int64_t rows) {
    rows_ = rows;
    axes_ = 0;
    stride_[0] = 0;
    dense_ = false;
  }

 private:
  T* data_ = nullptr;
  int64_t rows_ = 0, columns_ = 0;
  int64_t extent_[Shape::kMaxRank] = {}, stride_[Shape::kMaxRank] = {};  // innermost first
  int axes_ = 0;
  bool dense_ = false;
};

using Rows = RowView<float>;
using Ids = RowView<int32_t>;

inline Rows float_rows(const Tensor& t, const char* what) { return {t, DType::f32, what}; }

}  // namespace vitrine::cpu
