// SPDX-License-Identifier: Apache-2.0
// Extents of a tensor, slowest axis first (as PyTorch prints them); at most six axes, no allocation.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "engine/core/check.h"

namespace vitrine {

class Shape {
 public:
  static constexpr int kMaxRank = 6;

  Shape() = default;
  Shape(std::initializer_list<int64_t> extents) {
    VT_CHECK(extents.size() <= kMaxRank, "shape with ", extents.size(), " axes");
    for (int64_t extent : extents) extents_[size_t(rank_++)] = extent;
  }

  int rank() const noexcept { return rank_; }
  /// Negative axes count from the end: shape[-1] is the fastest axis.
  int64_t operator[](int axis) const { return extents_[index(axis)]; }
  int64_t& operator[](int axis) { return extents_[index(axis)]; }
  void push_back(int64_t extent) {
    VT_CHECK(rank_ < kMaxRank, "shape with more than ", kMaxRank, " axes");
    extents_[size_t(rank_++)] = extent;
  }
  int64_t numel() const noexcept {
    int64_t product = 1;
    for (int i = 0; i < rank_; ++i) product *= extents_[size_t(i)];
    return product;
  }
  /// Product of all axes but the last: the number of rows of a matrix view.
  int64_t rows() const noexcept {
    int64_t product = 1;
    for (int i = 0; i + 1 < rank_; ++i) product *= extents_[size_t(i)];
    return product;
  }
  bool operator==(const Shape& other) const noexcept {
    if (rank_ != other.rank_) return false;
    for (int i = 0; i < rank_; ++i)
      if (extents_[size_t(i)] != other.extents_[size_t(i)]) return false;
    return true;
  }
  /// "[2, 3, 64]"
  std::string str() const {
    std::string text = "[";
    for (int i = 0; i < rank_; ++i) text += (i ? ", " : "") + std::to_string(extents_[size_t(i)]);
    return text + "]";
  }

 private:
  size_t index(int axis) const {
    const int at = axis < 0 ? axis + rank_ : axis;
    VT_CHECK(at >= 0 && at < rank_, "axis ", axis, " of shape ", str());
    return size_t(at);
  }

  std::array<int64_t, kMaxRank> extents_{};
  int rank_ = 0;
};

}  // namespace vitrine
