// SPDX-License-Identifier: Apache-2.0
#include "engine/tensor/tensor.h"

#include <cstring>
#include <utility>

namespace vitrine {

static Shape contiguous_strides(const Shape& shape) {
  Shape stride = shape;
  int64_t step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    stride[axis] = step;
    step *= shape[axis];
  }
  return stride;
}

Tensor::Tensor(std::shared_ptr<Storage> storage, Shape shape, DType dtype, int64_t byte_offset)
    : storage_(std::move(storage)),
      shape_(shape),
      stride_(contiguous_strides(shape)),
      byte_offset_(byte_offset),
      dtype_(dtype) {
  VT_CHECK(storage_, "tensor without storage");
  VT_CHECK(storage_->layout != Storage::Layout::plain || size_t(byte_offset_ + nbytes()) <= storage_->bytes,
           dtype_info(dtype).name, " ", shape.str(), " at byte ", byte_offset, " exceeds a storage of ", storage_->bytes);
}

bool Tensor::contiguous() const noexcept {
  int64_t step = 1;
  for (int axis = rank() - 1; axis >= 0; --axis) {
    if (shape_[axis] != 1 && stride_[axis] != step) return false;
    step *= shape_[axis];
  }
  return true;
}

Tensor Tensor::slice(int axis, int64_t from, int64_t to) const {
  VT_CHECK(from >= 0 && from <= to && to <= shape_[axis], "slice [", from, ", ", to, ") of axis ", axis, " of ", shape_.str());
  VT_CHECK(!packed() || (from == 0 && to == shape_[axis]), "slice of a repacked weight");
  const DTypeInfo& info = dtype_info(dtype_);
  const int64_t skipped = from * stride_[axis];
  VT_CHECK(skipped % info.block_elements == 0 && (to - from) * stride_[axis] % info.block_elements == 0,
           "slice [", from, ", ", to, ") cuts a block of ", info.block_elements, " values of ", info.name);
  Tensor view = *this;
  view.byte_offset_ += dtype_bytes(dtype_, skipped);
  view.shape_[axis] = to - from;
  return view;
}

Tensor Tensor::swap_axes(int a, int b) const {
  VT_CHECK(!packed() && dtype_info(dtype_).block_elements == 1, "axes of blocks cannot be exchanged");
  Tensor view = *this;
  std::swap(view.shape_[a], view.shape_[b]);
  std::swap(view.stride_[a], view.stride_[b]);
  return view;
}

Tensor Tensor::reshape(Shape to) const {
  VT_CHECK(to.numel() == numel(), "reshape of ", shape_.str(), " to ", to.str());
  VT_CHECK(contiguous(), "reshape of a strided view ", shape_.str());
  Tensor view = *this;
  view.shape_ = to;
  view.stride_ = contiguous_strides(to);
  return view;
}

Tensor Tensor::same_view_of(const Tensor& whole) const {
  VT_CHECK(defined() && !packed() && whole.defined() && whole.byte_offset_ == 0 && whole.contiguous() &&
               dtype_info(whole.dtype_).block_bytes == dtype_info(dtype_).block_bytes && dtype_info(dtype_).block_elements == 1 &&
               whole.numel() >= storage_numel(),
           "the same view of another storage: ", shape_.str(), " of ", whole.shape_.str());
  Tensor view = *this;
  view.storage_ = whole.storage_;
  view.dtype_ = whole.dtype_;
  return view;
}

int64_t Tensor::storage_numel() const noexcept {
  const DTypeInfo& info = dtype_info(dtype_);
  return storage_ ? int64_t(storage_->bytes) / info.block_bytes * info.block_elements : 0;
}

HostBlock::HostBlock(Shape shape, DType dtype, std::vector<std::byte> bytes)
    : shape_(shape), dtype_(dtype), bytes_(std::move(bytes)) {
  VT_CHECK(int64_t(bytes_.size()) == dtype_bytes(dtype, shape.numel()), "host block of ", bytes_.size(), " bytes for ",
           dtype_info(dtype).name, " ", shape.str());
}

std::vector<float> HostBlock::f32() const {
  wait();
  std::vector<float> values(size_t(shape_.numel()));
  decode_to_f32(dtype_, bytes_.data(), shape_.numel(), values.data());
  return values;
}

std::vector<int32_t> HostBlock::i32() const {
  wait();
  VT_CHECK(dtype_ == DType::i32, "integers asked of a ", dtype_info(dtype_).name, " block");
  std::vector<int32_t> values(size_t(shape_.numel()));
  std::memcpy(values.data(), bytes_.data(), bytes_.size());
  return values;
}

std::shared_ptr<const HostBlock> host_block(std::span<const float> values, Shape shape) {
  const auto bytes = std::as_bytes(values);
  return std::make_shared<HostBlock>(shape, DType::f32, std::vector<std::byte>(bytes.begin(), bytes.end()));
}

}  // namespace vitrine
