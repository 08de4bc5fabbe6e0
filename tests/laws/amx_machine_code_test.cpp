// SPDX-License-Identifier: Apache-2.0
// The AMX machine code that ships gives the bits of AVX-512 through the whole matrix product, several threads included;
// on processors without AMX its tile instructions are trapped and emulated.
#include <gtest/gtest.h>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/self_check.h"
#include "tests/support/trapped_tiles.h"
#include "tests/unit/backend/matmul_cases.h"

#if defined(__x86_64__)

namespace vitrine::cpu {
namespace {

using namespace vitrine::testing;

class AmxMachineCode : public TrappedTilesTest {
 protected:
  void SetUp() override {
    if (detect_isa() < Isa::avx512) GTEST_SKIP() << "the scales need AVX-512";
    trap();
  }
};

TEST_P(AmxMachineCode, ProductsHaveTheBitsOfAvx512) {
  std::mt19937 random(31);
  for (int64_t blocks : {1, 3})
    for (int64_t rows : {5, 16, 70}) {
      const int64_t columns = blocks * dtype_info(GetParam()).block_elements;
      const std::vector<std::byte> bytes = random_weight(GetParam(), rows * columns, random);
      const std::vector<float> bias = random_floats(rows, random);
      for (int64_t tokens : {4, 9, 16, 17, 40}) {
        const std::vector<float> x = random_floats(tokens * columns, random);
        const auto run = [&](Backend& backend) {
          const Tensor w = backend.prepare(upload_copy(backend, bytes, {rows, columns}, GetParam()));
          return bits(product(backend, upload_floats(backend, x, {tokens, columns}), w, Precision::fast,
                              upload_floats(backend, bias, {rows})));
        };
        CpuBackend wide(1, Isa::avx512);
        const std::vector<uint32_t> expected = run(wide);
        for (int threads : {1, 3}) {
          CpuBackend tiles(threads, Isa::amx);
          ASSERT_EQ(run(tiles), expected)
              << "[" << rows << ", " << columns << "], " << tokens << " tokens, " << threads << " threads";
        }
      }
    }
}

std::vector<DType> record_dtypes() {
  return {
#define VT_RECORD(id, codes, scales, zero) DType::id,
#include "engine/backend/cpu/records.def"
#undef VT_RECORD
  };
}

INSTANTIATE_TEST_SUITE_P(Formats, AmxMachineCode, ::testing::ValuesIn(record_dtypes()),
                         [](const auto& info) { return std::string(dtype_info(info.param).name); });

// What decides at the program's start whether AMX is used, with instructions that work.
TEST(AmxStart, CheckAcceptsTheTilesThatShip) {
  if (detect_isa() < Isa::avx512) GTEST_SKIP() << "the scales need AVX-512";
  std::optional<TileTraps> traps;
  if (detect_isa() < Isa::amx) traps.emplace();
  EXPECT_TRUE(same_tiles(matmul_kernels(Isa::avx512), matmul_kernels(Isa::amx)));
}

// Without working instructions the check's child dies and the level stays below; the program goes on.
TEST(AmxStart, CheckRefusesInstructionsThatDoNotExist) {
  if (detect_isa() < Isa::avx512 || detect_isa() == Isa::amx) GTEST_SKIP() << "needs AVX-512 without AMX";
  EXPECT_FALSE(passes_in_child([] { return same_tiles(matmul_kernels(Isa::avx512), matmul_kernels(Isa::amx)); }));
}

}  // namespace
}  // namespace vitrine::cpu

#endif
