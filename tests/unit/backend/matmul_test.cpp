// SPDX-License-Identifier: Apache-2.0
// Matrix products and row lookup for every weight format, plain and prepared, against sums in double precision.
#include <gtest/gtest.h>

#include "matmul_cases.h"

namespace vitrine {
namespace {

using namespace vitrine::testing;

/// Formats whose fast product works on int8 activations when prepared.
bool integer_format(DType dtype) {
  switch (dtype) {
#define VT_RECORD(id, codes, scales, zero) case DType::id:
#include "engine/backend/cpu/records.def"
#undef VT_RECORD
    return true;
    default:
      return false;
  }
}

/// What the fast path makes of x: int8 codes per 32 columns with scale max / 127.
std::vector<double> rounded(const std::vector<float>& x) {
  std::vector<double> out(x.size());
  for (size_t b = 0; b < x.size(); b += 32) {
    float most = 0;
    for (size_t i = 0; i < 32; ++i) most = std::max(most, std::abs(x[b + i]));
    for (size_t i = 0; i < 32 && most > 0; ++i)
      out[b + i] = double(most / 127) * std::nearbyint(x[b + i] * (127 / most));
  }
  return out;
}

void expect_product(Backend& backend, DType dtype, int64_t rows, int64_t columns, int64_t tokens,
                    std::mt19937& random) {
  const std::vector<std::byte> bytes = random_weight(dtype, rows * columns, random);
  std::vector<float> weights(size_t(rows * columns));
  decode_to_f32(dtype, bytes.data(), rows * columns, weights.data());
  const std::vector<float> x = random_floats(tokens * columns, random), bias = random_floats(rows, random);
  const Tensor plain = upload_copy(backend, bytes, {rows, columns}, dtype), prepared = backend.prepare(plain);
  const Tensor tx = upload_floats(backend, x, {tokens, columns}), tb = upload_floats(backend, bias, {rows});
  EXPECT_EQ(prepared.shape(), plain.shape());
  EXPECT_EQ(prepared.dtype(), dtype);
  for (Precision precision : {Precision::exact, Precision::fast})
    for (const Tensor& w : {plain, prepared}) {
      const std::vector<float> got = product(backend, tx, w, precision, tb);
      const bool integer = precision == Precision::fast && w.packed() && integer_format(dtype);
      const std::vector<double> used = integer ? rounded(x) : std::vector<double>(x.begin(), x.end());
      for (int64_t t = 0; t < tokens; ++t)
        for (int64_t o = 0; o < rows; ++o) {
          double sum = bias[size_t(o)], size = std::abs(sum);
          for (int64_t i = 0; i < columns; ++i) {
            const double term = used[size_t(t * columns + i)] * weights[size_t(o * columns + i)];
            sum += term, size += std::abs(term);
          }
          // formats with a minimum add code and minimum terms of opposite signs, larger than their sum
          ASSERT_NEAR(got[size_t(t * rows + o)], sum, (integer ? 2e-5 : 2e-6) * size + 1e-6)
              << dtype_info(dtype).name << " [" << rows << ", " << columns << "], token " << t << " of " << tokens
              << ", output " << o << (w.packed() ? ", prepared" : ", plain") << (integer ? ", int8" : ", f32");
        }
    }
}

class EveryFormat : public ::testing::TestWithParam<DType> {};

TEST_P(EveryFormat, ProductsMatchDoublePrecision) {
  std::mt19937 random(7);
  const DTypeInfo& info = dtype_info(GetParam());
  for (const char* isa : {"scalar", ""}) {
    const auto backend = make_backend({.threads = 2, .isa = isa});
    for (int64_t blocks : {1, 3, 10})
      for (int64_t rows : {1, 16, 41})
        for (int64_t tokens : {1, 3, 4, 21}) {
          const int64_t columns = info.block_format ? blocks * info.block_elements : blocks == 10 ? 301 : blocks;
          expect_product(*backend, GetParam(), rows, columns, tokens, random);
          if (HasFatalFailure()) return;
        }
  }
}

TEST_P(EveryFormat, GatherGivesTheStoredValues) {
  std::mt19937 random(8);
  const auto backend = make_backend({.threads = 2});
  const int64_t rows = 37,
                columns = dtype_info(GetParam()).block_format ? 3 * dtype_info(GetParam()).block_elements : 45;
  const std::vector<std::byte> bytes = random_weight(GetParam(), rows * columns, random);
  std::vector<float> values(size_t(rows * columns));
  decode_to_f32(GetParam(), bytes.data(), rows * columns, values.data());
  const std::vector<int32_t> ids = {36, 0, 5, 5, 16, 31};
  const Tensor tids = backend->upload(std::as_bytes(std::span(ids)), {int64_t(ids.size())}, DType::i32);
  const Tensor plain = upload_copy(*backend, bytes, {rows, columns}, GetParam());
  for (const Tensor& table : {plain, backend->prepare(plain)}) {
    const Tensor out = backend->alloc({int64_t(ids.size()), columns}, DType::f32);
    backend->gather_rows({.table = table, .ids = tids, .out = out, .scale = 2});
    const std::vector<float> got = backend->snapshot(out)->f32();
    for (size_t r = 0; r < ids.size(); ++r)
      for (int64_t c = 0; c < columns; ++c)
        ASSERT_EQ(got[r * size_t(columns) + size_t(c)], 2 * values[size_t(ids[r] * columns + c)])
            << (table.packed() ? "prepared" : "plain") << " row " << ids[r] << " column " << c;
  }
  // a snapshot of a prepared weight shows its values
  const std::vector<float> shown = backend->snapshot(backend->prepare(plain))->f32();
  for (size_t i = 0; i < values.size(); ++i) ASSERT_EQ(shown[i], values[i]) << i;
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat, ::testing::ValuesIn(weight_dtypes()),
                         [](const auto& info) { return std::string(dtype_info(info.param).name); });

TEST(Matmul, GroupSharesXAndKeepsOutputsApart) {
  std::mt19937 random(9);
  const auto backend = make_backend({.threads = 3});
  for (int64_t tokens : {1, 40}) {
    const Tensor x = upload_floats(*backend, random_floats(tokens * 64, random), {tokens, 64});
    const Tensor other = upload_floats(*backend, random_floats(tokens * 96, random), {tokens, 96});
    std::vector<MatmulArgs> group;
    const auto add = [&](DType dtype, int64_t rows, const Tensor& in) {
      const Tensor w =
          upload_copy(*backend, random_weight(dtype, rows * in.size(1), random), {rows, in.size(1)}, dtype);
      group.push_back({.x = in, .w = backend->prepare(w), .out = backend->alloc({tokens, rows}, DType::f32)});
    };
    add(DType::q4_0, 48, x), add(DType::q8_0, 20, x), add(DType::bf16, 33, x), add(DType::q5_1, 100, other);
    backend->matmul(group);
    for (const MatmulArgs& one : group)
      EXPECT_EQ(backend->snapshot(one.out)->f32(), product(*backend, one.x, one.w, one.precision));
  }
}

TEST(Matmul, BrokenActivationsStayVisible) {
  const auto backend = make_backend({.threads = 1});
  std::mt19937 random(10);
  const Tensor w =
      backend->prepare(upload_copy(*backend, random_weight(DType::q8_0, 16 * 64, random), {16, 64}, DType::q8_0));
  for (float bad : {NAN, INFINITY}) {
    std::vector<float> x(64, 1.0f);
    x[40] = bad;
    for (float y : product(*backend, upload_floats(*backend, x, {1, 64}), w, Precision::fast))
      EXPECT_FALSE(std::isfinite(y));
  }
  for (float tiny : {0.0f, 1e-38f, 1e-42f})
    for (float y :
         product(*backend, upload_floats(*backend, std::vector<float>(64, tiny), {1, 64}), w, Precision::fast))
      EXPECT_NEAR(y, 0, 1e-30);
}

TEST(Matmul, WritesIntoStridedOutputs) {
  std::mt19937 random(11);
  const auto backend = make_backend({.threads = 2});
  const Tensor x = upload_floats(*backend, random_floats(5 * 64, random), {5, 64});
  const Tensor w =
      backend->prepare(upload_copy(*backend, random_weight(DType::q4_0, 20 * 64, random), {20, 64}, DType::q4_0));
  const Tensor wide = upload_floats(*backend, std::vector<float>(5 * 50, -1), {5, 50});
  const MatmulArgs args{.x = x, .w = w, .out = wide.slice(1, 10, 30)};
  backend->matmul({&args, 1});
  const std::vector<float> got = backend->snapshot(wide)->f32(), expected = product(*backend, x, w, Precision::fast);
  for (size_t t = 0; t < 5; ++t)
    for (size_t c = 0; c < 50; ++c)
      EXPECT_EQ(got[t * 50 + c], c < 10 || c >= 30 ? -1 : expected[t * 20 + c - 10]) << t << ", " << c;
}

}  // namespace
}  // namespace vitrine
