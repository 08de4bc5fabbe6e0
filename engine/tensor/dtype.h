// SPDX-License-Identifier: Apache-2.0
// Element formats, generated from formats.def. A block format stores `elements` consecutive values of a row in `bytes`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/core/api.h"

namespace vitrine {

enum class DType : uint8_t {
#define VT_PLAIN(id, ggml_type, bytes) id,
#define VT_BLOCK(id, codec, ggml_type, elements, bytes) id,
#include "engine/tensor/formats.def"
#undef VT_PLAIN
#undef VT_BLOCK
};

struct DTypeInfo {
  DType dtype;
  std::string_view name;     // "q4_1", "f32"
  int ggml_type = -1;        // number in a GGUF file, -1: none
  int block_elements = 1;    // values in one block
  int block_bytes = 0;       // bytes of one block
  bool block_format = false;
};

VT_API std::span<const DTypeInfo> dtypes() noexcept;
VT_API const DTypeInfo& dtype_info(DType dtype) noexcept;
VT_API std::optional<DType> dtype_of_ggml_type(int ggml_type) noexcept;
VT_API std::optional<DType> dtype_of_name(std::string_view name) noexcept;

inline bool is_block_format(DType dtype) noexcept { return dtype_info(dtype).block_format; }
/// Bytes of `elements` values; elements must fill whole blocks.
inline int64_t dtype_bytes(DType dtype, int64_t elements) noexcept {
  const DTypeInfo& info = dtype_info(dtype);
  return elements / info.block_elements * info.block_bytes;
}

/// Decodes `elements` values (whole blocks) of any float or block format to f32. Integers convert by value.
VT_API void decode_to_f32(DType dtype, const void* source, int64_t elements, float* out) noexcept;

}  // namespace vitrine
