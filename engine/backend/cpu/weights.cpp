// SPDX-License-Identifier: Apache-2.0
#include "engine/backend/cpu/weights.h"

#include <algorithm>
#include <cstring>

namespace vitrine::cpu {

std::optional<RecordFormat> record_format(DType dtype) noexcept {
  switch (dtype) {
#define VT_RECORD(id, codes, scales, zero) \
  case DType::id:                          \
    return RecordFormat::id;
#include "engine/backend/cpu/records.def"
#undef VT_RECORD
    default:
      return std::nullopt;
  }
}

std::optional<PlainType> plain_type(DType dtype) noexcept {
  switch (dtype) {
    case DType::f32:
      return PlainType::f32;
    case DType::f16:
      return PlainType::f16;
    case DType::bf16:
      return PlainType::bf16;
    default:
      return std::nullopt;
  }
}

int64_t packed_panel_bytes(DType dtype, int64_t columns) noexcept {
  if (const auto format = record_format(dtype)) return panel_bytes(record_info(*format), columns / kRecordColumns);
  return kPanelRows * columns * dtype_info(dtype).block_bytes;
}

Weight::Weight(const Tensor& w)
    : data_(reinterpret_cast<const uint8_t*>(w.storage()->data + w.byte_offset())),
      dtype_(w.dtype()),
      rows_(w.size(0)),
      columns_(w.size(1)) {
  if (w.packed()) {
    records_ = record_format(dtype_);
    if (!records_) plain_ = plain_type(dtype_);
    panel_bytes_ = packed_panel_bytes(dtype_, columns_);
  } else {
    row_bytes_ = dtype_bytes(dtype_, w.stride(0));
    panel_bytes_ = kPanelRows * row_bytes_;
  }
}

void Weight::panel_f32(const MatmulKernels& kernels, int64_t index, int64_t from, int64_t count, std::byte* scratch,
                       float* out) const {
  if (records_) {
    auto* unpacked = reinterpret_cast<uint8_t*>(scratch);
    const int64_t first = from / kRecordColumns, records = count / kRecordColumns;
    kernels.unpack(*records_, panel(index), first, records, unpacked);
    kernels.expand(kind_of(record_info(*records_).scales), unpacked, records, out);
    return;
  }
  if (plain_) {
    kernels.widen(*plain_, panel(index) + from * kPanelRows * dtype_info(dtype_).block_bytes, count * kPanelRows, out);
    return;
  }
  auto* values = reinterpret_cast<float*>(scratch);
  const int valid = int(std::min<int64_t>(kPanelRows, rows_ - index * kPanelRows));
  if (valid < kPanelRows) std::memset(out, 0, size_t(count) * kPanelRows * sizeof(float));
  for (int r = 0; r < valid; ++r)
    decode_to_f32(dtype_, row(index * kPanelRows + r) + dtype_bytes(dtype_, from), count, values + r * count);
  for (int64_t c = 0; c < count; ++c)
    for (int r = 0; r < valid; ++r) out[c * kPanelRows + r] = values[r * count + c];
}

void Weight::row_f32(const MatmulKernels& kernels, int64_t index, float* out) const {
  if (!records_ && !plain_) {
    decode_to_f32(dtype_, row(index), columns_, out);
    return;
  }
  const int lane = int(index % kPanelRows);
  alignas(64) float values[kChunkColumns * kPanelRows];
  alignas(64) std::byte scratch[kScratchBytes];
  for (int64_t from = 0, n; from < columns_; from += n) {
    n = std::min(kChunkColumns, columns_ - from);
    panel_f32(kernels, index / kPanelRows, from, n, scratch, values);
    for (int64_t c = 0; c < n; ++c) out[from + c] = values[c * kPanelRows + lane];
  }
}

}  // namespace vitrine::cpu
