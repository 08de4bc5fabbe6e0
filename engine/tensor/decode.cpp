// SPDX-License-Identifier: Apache-2.0
// decode_to_f32: every storage format to float32, generated from formats.def. The scalar reference; kernels have faster
// ones.
#include <cstring>

#include "engine/tensor/dtype.h"
#include "engine/tensor/formats/block_formats.h"

namespace vitrine {
namespace {

using Bytes = const uint8_t*;

template <class Codec>
void decode_blocks(Bytes source, int64_t elements, float* out) noexcept {
  for (int64_t block = 0; block < elements / Codec::kElements; ++block)
    Codec::decode(source + block * Codec::kBytes, out + block * Codec::kElements);
}

template <class T>
void convert(Bytes source, int64_t elements, float* out) noexcept {
  for (int64_t i = 0; i < elements; ++i) {
    T value;
    std::memcpy(&value, source + i * int64_t(sizeof value), sizeof value);
    out[i] = float(value);
  }
}

void decode_f32(Bytes source, int64_t n, float* out) noexcept { std::memcpy(out, source, size_t(n) * sizeof(float)); }
void decode_f16(Bytes source, int64_t n, float* out) noexcept {
  for (int64_t i = 0; i < n; ++i) out[i] = formats::load_half(source + 2 * i);
}
void decode_bf16(Bytes source, int64_t n, float* out) noexcept {
  for (int64_t i = 0; i < n; ++i) out[i] = formats::bfloat16_to_float(formats::load_u16(source + 2 * i));
}
void decode_f64(Bytes source, int64_t n, float* out) noexcept { convert<double>(source, n, out); }
void decode_i8(Bytes source, int64_t n, float* out) noexcept { convert<int8_t>(source, n, out); }
void decode_i16(Bytes source, int64_t n, float* out) noexcept { convert<int16_t>(source, n, out); }
void decode_i32(Bytes source, int64_t n, float* out) noexcept { convert<int32_t>(source, n, out); }
void decode_i64(Bytes source, int64_t n, float* out) noexcept { convert<int64_t>(source, n, out); }
void decode_u8(Bytes source, int64_t n, float* out) noexcept { convert<uint8_t>(source, n, out); }
void decode_boolean(Bytes source, int64_t n, float* out) noexcept {
  for (int64_t i = 0; i < n; ++i) out[i] = source[i] ? 1.0f : 0.0f;
}

}  // namespace

#define VT_PLAIN(id, ggml_type, bytes)
#define VT_BLOCK(id, codec, ggml_type, elements, bytes)                                   \
  static_assert(formats::codec::kElements == elements && formats::codec::kBytes == bytes, \
                #id " disagrees with formats.def");
#include "engine/tensor/formats.def"
#undef VT_PLAIN
#undef VT_BLOCK

void decode_to_f32(DType dtype, const void* source, int64_t elements, float* out) noexcept {
  const Bytes bytes = static_cast<Bytes>(source);
  switch (dtype) {
#define VT_PLAIN(id, ggml_type, size) \
  case DType::id:                     \
    return decode_##id(bytes, elements, out);
#define VT_BLOCK(id, codec, ggml_type, count, size) \
  case DType::id:                                   \
    return decode_blocks<formats::codec>(bytes, elements, out);
#include "engine/tensor/formats.def"
#undef VT_PLAIN
#undef VT_BLOCK
  }
}

}  // namespace vitrine
