// SPDX-License-Identifier: Apache-2.0
// Tensor: a cheap-to-copy view (shape, strides, dtype) over shared Storage. Ops never write their inputs;
// the exceptions are the KV cache and the optimizer. Who may look at the bytes is decided by the device:
// only the backend that owns the Storage, and HostBlock for the host.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/api.h"
#include "engine/tensor/dtype.h"
#include "engine/tensor/shape.h"

namespace vitrine {

enum class DeviceKind : uint8_t { cpu, cuda };

/// Bytes on a device. `layout` other than plain is private to the backend that made it (repacked weights).
struct VT_API Storage {
  enum class Layout : uint8_t { plain, packed };

  std::byte* data = nullptr;  // device address; dereferenced only by the owning backend
  size_t bytes = 0;
  DeviceKind device = DeviceKind::cpu;
  Layout layout = Layout::plain;
  bool read_only = false;             // mapped file pages
  std::shared_ptr<const void> owner;  // keeps the bytes alive: mapped file, allocator block
  virtual ~Storage() = default;
};

class VT_API Tensor {
 public:
  Tensor() = default;
  /// A contiguous tensor over the whole of `storage`, starting at `byte_offset`.
  Tensor(std::shared_ptr<Storage> storage, Shape shape, DType dtype, int64_t byte_offset = 0);

  bool defined() const noexcept { return storage_ != nullptr; }
  DType dtype() const noexcept { return dtype_; }
  const Shape& shape() const noexcept { return shape_; }
  int rank() const noexcept { return shape_.rank(); }
  int64_t size(int axis) const { return shape_[axis]; }
  int64_t numel() const noexcept { return shape_.numel(); }
  int64_t nbytes() const noexcept { return dtype_bytes(dtype_, numel()); }
  /// Elements between neighbours along `axis` (block formats: only whole rows are addressable).
  int64_t stride(int axis) const { return stride_[axis]; }
  bool contiguous() const noexcept;
  bool packed() const noexcept { return storage_ && storage_->layout == Storage::Layout::packed; }
  /// Its bytes are pages of a mapped file.
  bool in_file() const noexcept { return storage_ && storage_->read_only; }

  /// A view of [from, to) along `axis`, no copy. Throws on a range outside the tensor or a cut inside a block.
  Tensor slice(int axis, int64_t from, int64_t to) const;
  /// A view with two axes exchanged, no copy.
  Tensor swap_axes(int a, int b) const;
  /// Same elements, other shape; needs a contiguous tensor.
  Tensor reshape(Shape to) const;
  /// The view of another storage that this tensor is of its own: same shape, strides and offset. `whole` covers that storage.
  Tensor same_view_of(const Tensor& whole) const;
  /// Elements of its dtype that the whole storage holds.
  int64_t storage_numel() const noexcept;

  const std::shared_ptr<Storage>& storage() const noexcept { return storage_; }
  /// Byte offset of the first element in the storage.
  int64_t byte_offset() const noexcept { return byte_offset_; }
  /// True when no other Tensor shares the storage: its bytes may be reused in place.
  bool sole_owner() const noexcept { return storage_ && storage_.use_count() == 1; }

 private:
  std::shared_ptr<Storage> storage_;
  Shape shape_, stride_;
  int64_t byte_offset_ = 0;
  DType dtype_ = DType::f32;
};

/// A copy of a tensor on the host, contiguous. Ready when made on the CPU; wait() blocks for other devices.
class VT_API HostBlock {
 public:
  HostBlock(Shape shape, DType dtype, std::vector<std::byte> bytes);
  virtual ~HostBlock() = default;
  virtual void wait() const {}

  const Shape& shape() const noexcept { return shape_; }
  DType dtype() const noexcept { return dtype_; }
  std::span<const std::byte> bytes() const { wait(); return bytes_; }
  /// The values as f32 (a copy unless stored so).
  std::vector<float> f32() const;
  std::vector<int32_t> i32() const;

 protected:
  Shape shape_;
  DType dtype_;
  std::vector<std::byte> bytes_;
};

/// f32 values on the host.
VT_API std::shared_ptr<const HostBlock> host_block(std::span<const float> values, Shape shape);

}  // namespace vitrine
