// SPDX-License-Identifier: Apache-2.0
// Tensors on the CPU: allocation, upload in place or by copy, snapshots for the host, strided and converting copies.
#include <bit>
#include <cstring>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/core/text.h"

namespace vitrine::cpu {
namespace {

/// Bytes of a whole tensor; an extent that is negative or overflows is the caller's input, not our bug.
size_t checked_bytes(const Shape& shape, DType dtype) {
  int64_t elements = 1;
  const DTypeInfo& info = dtype_info(dtype);
  bool fits = true;
  for (int axis = 0; axis < shape.rank(); ++axis)
    fits = fits && shape[axis] >= 0 && !__builtin_mul_overflow(elements, shape[axis], &elements);
  int64_t bytes = 0;
  fits = fits && !__builtin_mul_overflow(elements / info.block_elements, int64_t(info.block_bytes), &bytes);
  if (!fits)
    throw Error(ErrorKind::memory, cat("a tensor of shape ", shape.str(), " has more bytes than can be addressed"),
                "choose a smaller size", "CPU memory");
  if (shape.rank() > 0 && shape[-1] % info.block_elements != 0)
    throw Error(ErrorKind::input, cat("rows of ", shape[-1], " values do not fill blocks of ", info.block_elements),
                "store this tensor in another format", cat(info.name, " ", shape.str()));
  return size_t(bytes);
}

/// IEEE half, round to nearest even, overflow to infinity, NaN kept.
uint16_t half_of(float value) noexcept {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  if (magnitude >= 0x7f800000u) return uint16_t(sign | 0x7c00u | (magnitude > 0x7f800000u ? 0x200u : 0));
  if (magnitude >= 0x477ff000u) return uint16_t(sign | 0x7c00u);
  if (magnitude < 0x38800000u) {  // subnormal half: let the float adder round at 2^-24
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return uint16_t(sign | (std::bit_cast<uint32_t>(shifted) - 0x3f000000u));
  }
  const uint32_t rounded = magnitude + 0xfffu + (magnitude >> 13 & 1u) - 0x38000000u;
  return uint16_t(sign | rounded >> 13);
}

/// bfloat16, round to nearest even, NaN kept quiet.
uint16_t bfloat_of(float value) noexcept {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return uint16_t(bits >> 16 | 0x40u);
  return uint16_t((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

void encode_f32(const float* values, int64_t n, DType dtype, std::byte* out) noexcept {
  if (dtype == DType::f32) {
    std::memcpy(out, values, size_t(n) * sizeof(float));
    return;
  }
  auto* to = reinterpret_cast<uint16_t*>(out);
  if (dtype == DType::f16)
    for (int64_t i = 0; i < n; ++i) to[i] = half_of(values[i]);
  else
    for (int64_t i = 0; i < n; ++i) to[i] = bfloat_of(values[i]);
}

bool encodable(DType dtype) { return dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16; }

/// Walks the rows (all axes but the last) of equally shaped tensors: use(offset in a, offset in b), in elements.
template <class Use>
void each_row(const Tensor& a, const Tensor& b, Use&& use) {
  if (a.numel() == 0) return;
  const int outer = a.rank() - 1;
  int64_t index[Shape::kMaxRank] = {}, at_a = 0, at_b = 0;
  for (;;) {
    use(at_a, at_b);
    int axis = outer - 1;
    for (; axis >= 0; --axis) {
      at_a += a.stride(axis), at_b += b.stride(axis);
      if (++index[axis] < a.size(axis)) break;
      at_a -= a.stride(axis) * a.size(axis), at_b -= b.stride(axis) * b.size(axis);
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

std::byte* base(const Tensor& t) { return t.storage()->data + t.byte_offset(); }

/// One row of `n` values, element strides in and out.
void copy_row(const std::byte* from, DType from_type, int64_t from_step, std::byte* to, DType to_type, int64_t to_step,
              int64_t n) {
  const int64_t from_bytes = dtype_info(from_type).block_bytes, to_bytes = dtype_info(to_type).block_bytes;
  if (from_type == to_type) {
    if (from_step == 1 && to_step == 1)
      std::memcpy(to, from, size_t(dtype_bytes(from_type, n)));
    else if (from_bytes == 4)
      for (int64_t i = 0; i < n; ++i) std::memcpy(to + i * to_step * 4, from + i * from_step * 4, 4);
    else
      for (int64_t i = 0; i < n; ++i)
        std::memcpy(to + i * to_step * to_bytes, from + i * from_step * from_bytes, size_t(from_bytes));
    return;
  }
  float values[256];
  for (int64_t i = 0, m; i < n; i += m) {
    m = n - i < 256 ? n - i : 256;
    if (from_step == 1)
      decode_to_f32(from_type, from + dtype_bytes(from_type, i), m, values);
    else
      for (int64_t j = 0; j < m; ++j) decode_to_f32(from_type, from + (i + j) * from_step * from_bytes, 1, values + j);
    if (to_step == 1)
      encode_f32(values, m, to_type, to + i * to_bytes);
    else
      for (int64_t j = 0; j < m; ++j) encode_f32(values + j, 1, to_type, to + (i + j) * to_step * to_bytes);
  }
}

void copy_strided(const Tensor& x, const Tensor& out) {
  const int last = x.rank() - 1;
  each_row(x, out, [&](int64_t at_x, int64_t at_out) {
    copy_row(base(x) + dtype_bytes(x.dtype(), at_x), x.dtype(), last < 0 ? 1 : x.stride(last),
             base(out) + dtype_bytes(out.dtype(), at_out), out.dtype(), last < 0 ? 1 : out.stride(last),
             last < 0 ? 1 : x.size(last));
  });
}

}  // namespace

Tensor CpuBackend::alloc(Shape shape, DType dtype) {
  return Tensor(allocator_->allocate(checked_bytes(shape, dtype)), shape, dtype);
}

Tensor CpuBackend::upload(std::span<const std::byte> bytes, Shape shape, DType dtype,
                          std::shared_ptr<const void> owner) {
  const size_t needed = checked_bytes(shape, dtype);
  if (bytes.size() < needed)
    throw Error(ErrorKind::format, cat(bytes.size(), " bytes where ", needed, " are needed"), "the file is damaged",
                cat(dtype_info(dtype).name, " ", shape.str()));
  const DTypeInfo& info = dtype_info(dtype);
  const size_t alignment = info.block_format ? 1 : size_t(info.block_bytes);
  if (owner && reinterpret_cast<uintptr_t>(bytes.data()) % alignment == 0) {
    auto storage = std::make_shared<Storage>();
    storage->data = const_cast<std::byte*>(bytes.data());
    storage->bytes = needed;
    storage->read_only = true;
    storage->owner = std::move(owner);
    return Tensor(std::move(storage), shape, dtype);
  }
  Tensor copy = alloc(shape, dtype);
  if (needed) std::memcpy(copy.storage()->data, bytes.data(), needed);
  return copy;
}

std::shared_ptr<const HostBlock> CpuBackend::snapshot(const Tensor& t) {
  VT_CHECK(t.defined(), "snapshot of no tensor");
  if (t.packed()) {  // the stored blocks are not there any more: the values are
    const int64_t rows = t.shape().rows(), dim = t.size(-1);
    Tensor ids = alloc({rows}, DType::i32), values = alloc(t.shape(), DType::f32);
    for (int64_t r = 0; r < rows; ++r) reinterpret_cast<int32_t*>(ids.storage()->data)[r] = int32_t(r);
    gather_rows({.table = t.reshape({rows, dim}), .ids = ids, .out = values.reshape({rows, dim})});
    return snapshot(values);
  }
  std::vector<std::byte> bytes(static_cast<size_t>(t.nbytes()));
  if (t.contiguous()) {
    if (!bytes.empty()) std::memcpy(bytes.data(), base(t), bytes.size());
  } else {
    auto target = std::make_shared<Storage>();
    target->data = bytes.data();
    target->bytes = bytes.size();
    copy_strided(t, Tensor(target, t.shape(), t.dtype()));
  }
  return std::make_shared<HostBlock>(t.shape(), t.dtype(), std::move(bytes));
}

void CpuBackend::copy(const Tensor& x, const Tensor& out) {
  VT_CHECK(x.shape() == out.shape(), "copy of ", x.shape().str(), " to ", out.shape().str());
  VT_CHECK(!x.packed() && !out.packed() && !out.in_file(), "copy of or to a weight");
  VT_CHECK(x.dtype() == out.dtype() || encodable(out.dtype()), "copy to ", dtype_info(out.dtype()).name);
  copy_strided(x, out);
}

int64_t CpuBackend::bytes_in_use() const noexcept { return allocator_->in_use(); }
int64_t CpuBackend::bytes_peak() const noexcept { return allocator_->peak(); }

}  // namespace vitrine::cpu
