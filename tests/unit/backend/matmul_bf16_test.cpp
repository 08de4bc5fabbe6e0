// SPDX-License-Identifier: Apache-2.0
// Fast products of plain weights in bfloat16, on the levels that have them, against sums in double precision of what
// both sides are rounded to.
#include <gtest/gtest.h>

#include "engine/backend/cpu/bf16_kernels.h"
#include "levels.h"
#include "matmul_cases.h"

namespace vitrine {
namespace {

using namespace vitrine::testing;

std::vector<std::string> bf16_levels(DType dtype) {
  std::vector<std::string> found;
  for (const std::string& isa : test::isa_levels())
    if (multiplies_bf16(isa, dtype)) found.push_back(isa);
  return found;
}

class Bf16Products : public ::testing::TestWithParam<DType> {
 protected:
  void SetUp() override {
    if (bf16_levels(GetParam()).empty()) GTEST_SKIP() << "no level here multiplies bfloat16";
  }
};

void expect_rounded_product(Backend& backend, DType dtype, Shape shape, int64_t tokens, bool biased, std::mt19937& random) {
  const int64_t rows = shape[0], columns = shape[1];
  const std::vector<std::byte> bytes = random_weight(dtype, rows * columns, random);
  std::vector<float> weights(size_t(rows * columns));
  decode_to_f32(dtype, bytes.data(), rows * columns, weights.data());
  const std::vector<float> x = random_floats(tokens * columns, random), bias = random_floats(rows, random);
  const Tensor w = backend.prepare(upload_copy(backend, bytes, shape, dtype));
  const std::vector<float> got = product(backend, upload_floats(backend, x, {tokens, columns}), w, Precision::fast,
                                         biased ? upload_floats(backend, bias, {rows}) : Tensor());
  for (int64_t t = 0; t < tokens; ++t)
    for (int64_t o = 0; o < rows; ++o) {
      double sum = biased ? bias[size_t(o)] : 0, size = std::abs(sum);
      for (int64_t i = 0; i < columns; ++i) {
        const double term = double(as_bf16(x[size_t(t * columns + i)])) * as_bf16(weights[size_t(o * columns + i)]);
        sum += term, size += std::abs(term);
      }
      ASSERT_NEAR(got[size_t(t * rows + o)], sum, 2e-6 * size + 1e-6)
          << shape.str() << ", token " << t << " of " << tokens << ", output " << o << (biased ? ", with bias" : "");
    }
}

// Chunks of columns, cut panels, cut tiles of tokens, one token alone.
TEST_P(Bf16Products, MatchDoublePrecision) {
  std::mt19937 random(17);
  for (const std::string& isa : bf16_levels(GetParam())) {
    const auto backend = test::backend_of(isa);
    for (int64_t columns : {256, 320, 1056})
      for (int64_t rows : {5, 16, 32, 70})
        for (int64_t tokens : {1, 2, 3, 7, 12, 23, 40}) {
          expect_rounded_product(*backend, GetParam(), {rows, columns}, tokens, tokens % 2 == 1, random);
          if (HasFatalFailure()) return;
        }
  }
}

// What a person fears of a rounded product: that it is used where she asked for float32, or on the small matrices where it gains nothing.
TEST_P(Bf16Products, ExactAndNarrowProductsStayF32) {
  std::mt19937 random(18);
  for (const std::string& isa : bf16_levels(GetParam())) {
    const auto backend = test::backend_of(isa), scalar = test::backend_of("scalar");
    for (const auto& [columns, precision] : {std::pair(int64_t(512), Precision::exact), {cpu::kBf16LeastColumns - 32, Precision::fast}, {int64_t(301), Precision::fast}}) {
      const std::vector<std::byte> bytes = random_weight(GetParam(), 20 * columns, random);
      const std::vector<float> x = random_floats(5 * columns, random);
      const auto run = [&](Backend& on) {
        return product(on, upload_floats(on, x, {5, columns}), on.prepare(upload_copy(on, bytes, {20, columns}, GetParam())), precision);
      };
      EXPECT_EQ(run(*backend), run(*scalar)) << columns << " columns";
    }
  }
}

// The rounding has no side door: an infinity or NaN in x is seen in every output, values below bfloat16's step are not lost to zero.
TEST_P(Bf16Products, BrokenActivationsStayVisible) {
  for (const std::string& isa : bf16_levels(GetParam())) {
    const auto backend = test::backend_of(isa);
    std::mt19937 random(19);
    const Tensor w = backend->prepare(upload_copy(*backend, random_weight(GetParam(), 16 * 256, random), {16, 256}, GetParam()));
    for (float bad : {NAN, INFINITY})
      for (int64_t tokens : {1, 5}) {
        std::vector<float> x(size_t(tokens) * 256, 1.0f);
        x[100] = bad;
        const std::vector<float> got = product(*backend, upload_floats(*backend, x, {tokens, 256}), w, Precision::fast);
        for (size_t o = 0; o < 16; ++o) EXPECT_FALSE(std::isfinite(got[o])) << bad << ", " << tokens << " tokens, output " << o;
        for (size_t o = 16; o < got.size(); ++o) EXPECT_TRUE(std::isfinite(got[o])) << "another token's output " << o;
      }
  }
}

std::vector<DType> plain_dtypes() {
  std::vector<DType> found;
  for (DType dtype : weight_dtypes())
    if (plain_floats(dtype)) found.push_back(dtype);
  return found;
}

INSTANTIATE_TEST_SUITE_P(Formats, Bf16Products, ::testing::ValuesIn(plain_dtypes()),
                         [](const auto& info) { return std::string(dtype_info(info.param).name); });

}  // namespace
}  // namespace vitrine
