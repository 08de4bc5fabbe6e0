// SPDX-License-Identifier: Apache-2.0
#include "engine/tensor/dtype.h"

#include <array>

namespace vitrine {

static constexpr DTypeInfo kInfos[] = {
#define VT_PLAIN(id, ggml_type, bytes) {DType::id, #id, ggml_type, 1, bytes, false},
#define VT_BLOCK(id, codec, ggml_type, elements, bytes) {DType::id, #id, ggml_type, elements, bytes, true},
#include "engine/tensor/formats.def"
#undef VT_PLAIN
#undef VT_BLOCK
};

std::span<const DTypeInfo> dtypes() noexcept { return kInfos; }
const DTypeInfo& dtype_info(DType dtype) noexcept { return kInfos[size_t(dtype)]; }

std::optional<DType> dtype_of_ggml_type(int ggml_type) noexcept {
  for (const DTypeInfo& info : kInfos)
    if (info.ggml_type == ggml_type && ggml_type >= 0) return info.dtype;
  return std::nullopt;
}

std::optional<DType> dtype_of_name(std::string_view name) noexcept {
  for (const DTypeInfo& info : kInfos)
    if (info.name == name) return info.dtype;
  return std::nullopt;
}

}  // namespace vitrine
