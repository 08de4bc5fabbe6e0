// SPDX-License-Identifier: Apache-2.0
// Sameness of the matrix product: a row's bits depend neither on the rows beside it, nor on threads, nor (where the
// products are not of bfloat16) on the instruction set; and in exact precision a prepared weight gives what the stored
// one gives.
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/backend/levels.h"
#include "tests/unit/backend/matmul_cases.h"

namespace vitrine {
namespace {

using namespace vitrine::testing;

class MatmulSameness : public ::testing::TestWithParam<DType> {};

TEST_P(MatmulSameness, RowsThreadsAndInstructionSetsDoNotMatter) {
  std::mt19937 random(3);
  const DTypeInfo& info = dtype_info(GetParam());
  const int64_t most = 33, rows = 70, columns = info.block_elements > 64 ? 512 : 320;
  const std::vector<std::byte> bytes = random_weight(GetParam(), rows * columns, random);
  const std::vector<float> x = random_floats(most * columns, random);
  for (Precision precision : {Precision::fast, Precision::exact}) {
    std::map<std::string, std::vector<uint32_t>> references;  // one row at a time, one thread, the first level that has it
    for (const std::string& isa : test::isa_levels())
      for (int threads : {1, 2, 3}) {
        const bool bf16 = precision == Precision::fast && multiplies_bf16(isa, GetParam());
        std::vector<uint32_t>& reference = references[bf16 ? isa : ""];
        const auto backend = make_backend({.threads = threads, .isa = isa});
        const Tensor w = backend->prepare(upload_copy(*backend, bytes, {rows, columns}, GetParam()));
        const Tensor all = upload_floats(*backend, x, {most, columns});
        if (reference.empty())
          for (int64_t r = 0; r < most; ++r) {
            const std::vector<uint32_t> one = bits(product(*backend, all.slice(0, r, r + 1), w, precision));
            reference.insert(reference.end(), one.begin(), one.end());
          }
        for (int64_t n = 1; n <= most; n += threads == 1 ? 1 : 8)
          for (int64_t from : {int64_t(0), most - n}) {
            const std::vector<uint32_t> got = bits(product(*backend, all.slice(0, from, from + n), w, precision));
            const std::vector<uint32_t> expected(reference.begin() + from * rows,
                                                 reference.begin() + (from + n) * rows);
            ASSERT_EQ(got, expected) << isa << ", " << threads << " threads, rows " << from << " to " << from + n
                                     << (precision == Precision::fast ? ", fast" : ", exact");
          }
      }
  }
}

TEST_P(MatmulSameness, PreparedEqualsStoredWhenExact) {
  std::mt19937 random(4);
  const DTypeInfo& info = dtype_info(GetParam());
  const int64_t rows = 35, columns = info.block_format ? 2 * info.block_elements : 77;
  const std::vector<std::byte> bytes = random_weight(GetParam(), rows * columns, random);
  for (const std::string& isa : test::isa_levels()) {
    const auto backend = make_backend({.threads = 2, .isa = isa});
    const Tensor stored = upload_copy(*backend, bytes, {rows, columns}, GetParam());
    for (int64_t tokens : {1, 2, 12, 30}) {
      const Tensor x = upload_floats(*backend, random_floats(tokens * columns, random), {tokens, columns});
      EXPECT_EQ(bits(product(*backend, x, stored, Precision::exact)),
                bits(product(*backend, x, backend->prepare(stored), Precision::exact)))
          << isa << ", " << tokens << " tokens";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, MatmulSameness, ::testing::ValuesIn(weight_dtypes()),
                         [](const auto& info) { return std::string(dtype_info(info.param).name); });

}  // namespace
}  // namespace vitrine
