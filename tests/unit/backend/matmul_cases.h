// SPDX-License-Identifier: Apache-2.0
// Random weights of every format for the matrix product's tests.
#pragma once

#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/matmul_kernels.h"

namespace vitrine::testing {

/// Formats a weight may have: floats and block formats.
inline std::vector<DType> weight_dtypes() {
  std::vector<DType> found;
  for (const DTypeInfo& info : dtypes())
    if (info.block_format || info.dtype == DType::f32 || info.dtype == DType::f16 || info.dtype == DType::bf16)
      found.push_back(info.dtype);
  return found;
}

inline bool plain_floats(DType dtype) { return dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16; }

/// Whether a level's fast products of such (prepared, wide enough) weights are of bfloat16: every level its own bits.
inline bool multiplies_bf16(std::string_view isa, DType dtype) {
  return plain_floats(dtype) && cpu::matmul_kernels(cpu::isa_of_name(isa).value()).bf16;
}

/// To the nearest bfloat16, ties to even.
inline float as_bf16(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  return std::bit_cast<float>((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000);
}

/// Stored bytes of `elements` values: random blocks whose values are neither all tiny nor huge.
inline std::vector<std::byte> random_weight(DType dtype, int64_t elements, std::mt19937& random) {
  const DTypeInfo& info = dtype_info(dtype);
  std::vector<std::byte> bytes(size_t(dtype_bytes(dtype, elements)));
  std::vector<float> values(size_t(info.block_elements));
  std::normal_distribution<float> normal(0, 0.1f);
  for (size_t at = 0; at < bytes.size(); at += size_t(info.block_bytes)) {
    std::byte* block = bytes.data() + at;
    if (dtype == DType::f32) {
      const float value = normal(random);
      std::memcpy(block, &value, 4);
      continue;
    }
    for (bool good = false; !good;) {
      for (int i = 0; i < info.block_bytes; ++i) block[i] = std::byte(random());
      decode_to_f32(dtype, block, info.block_elements, values.data());
      float most = 0;
      for (float v : values) most = std::isfinite(v) ? std::max(most, std::abs(v)) : INFINITY;
      good = most > 1e-3f && most < 10;
    }
  }
  return bytes;
}

inline std::vector<uint32_t> bits(std::span<const float> values) {
  std::vector<uint32_t> out(values.size());
  std::memcpy(out.data(), values.data(), values.size() * 4);
  return out;
}

inline std::vector<float> random_floats(int64_t n, std::mt19937& random) {
  std::normal_distribution<float> normal(0, 1);
  std::vector<float> values(static_cast<size_t>(n));
  for (float& v : values) v = normal(random);
  return values;
}

inline Tensor upload_copy(Backend& backend, const std::vector<std::byte>& bytes, Shape shape, DType dtype) {
  return backend.upload(bytes, shape, dtype);
}
inline Tensor upload_floats(Backend& backend, const std::vector<float>& values, Shape shape) {
  return backend.upload(std::as_bytes(std::span(values)), shape, DType::f32);
}
inline std::vector<float> product(Backend& backend, const Tensor& x, const Tensor& w, Precision precision,
                                  const Tensor& bias = {}) {
  const Tensor out = backend.alloc({x.shape().rows(), w.size(0)}, DType::f32);
  const MatmulArgs args{.x = x, .w = w, .out = out, .bias = bias, .precision = precision};
  backend.matmul({&args, 1});
  return backend.snapshot(out)->f32();
}

}  // namespace vitrine::testing
