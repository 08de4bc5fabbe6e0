// SPDX-License-Identifier: Apache-2.0
// Backends of every instruction set that runs here, and tensors made from and read back to vectors.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace vitrine::test {

/// "scalar" and every wider set this processor has.
inline std::vector<std::string> isa_levels() {
  std::vector<std::string> names;
  for (const char* name : {"scalar", "avx2", "avx512", "avx512_bf16", "amx"}) {
    try {
      make_backend({.threads = 1, .isa = name});
      names.push_back(name);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unsupported) << name;
    }
  }
  return names;
}
inline std::shared_ptr<Backend> backend_of(const std::string& isa, int threads = 2) {
  return make_backend({.threads = threads, .isa = isa});
}

inline Tensor tensor_of(Backend& backend, const std::vector<float>& values, Shape shape) {
  return backend.upload(std::as_bytes(std::span(values)), shape, DType::f32);
}
inline Tensor tensor_of(Backend& backend, const std::vector<int32_t>& values, Shape shape) {
  return backend.upload(std::as_bytes(std::span(values)), shape, DType::i32);
}
inline std::vector<float> floats_of(Backend& backend, const Tensor& t) { return backend.snapshot(t)->f32(); }
inline std::vector<int32_t> ints_of(Backend& backend, const Tensor& t) { return backend.snapshot(t)->i32(); }

inline std::vector<float> normal_values(int64_t n, uint32_t seed, float spread = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> draw(0, spread);
  std::vector<float> values(static_cast<size_t>(n));
  for (float& value : values) value = draw(random);
  return values;
}

}  // namespace vitrine::test
