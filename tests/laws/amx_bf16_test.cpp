// SPDX-License-Identifier: Apache-2.0
// Products of bfloat16 in AMX tiles, shown on processors without them: the kernel over emulated tiles and the machine
// code that ships (trapped and emulated) give, bit for bit, the sums in the order that TDPBF16PS is documented to have.
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "engine/backend/cpu/amx/bf16_body.inc"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/self_check.h"
#include "tests/support/emulated_tiles.h"
#include "tests/support/trapped_tiles.h"
#include "tests/unit/backend/matmul_cases.h"

namespace vitrine::cpu {
namespace {

using namespace vitrine::testing;

/// One output: 32 columns at a time, even and odd ones apart. A product of two bfloat16 is exact in f32.
float in_tile_order(const float* x, const float* w, int64_t columns) {
  float sum = 0;
  for (int64_t block = 0; block < columns; block += 32) {
    float even = 0, odd = 0;
    for (int64_t c = block; c < block + 32; c += 2) {
      even += as_bf16(x[c]) * as_bf16(w[c]);
      odd += as_bf16(x[c + 1]) * as_bf16(w[c + 1]);
    }
    sum += even + odd;
  }
  return sum;
}


uint32_t bits_of(float value) { return std::bit_cast<uint32_t>(value); }

// ---- the kernel over emulated tiles

struct PlainRounding {
  static uint16_t rounded(float value) { return uint16_t(bits_of(as_bf16(value)) >> 16); }
  static void row(const float* x, uint16_t* out) {
    for (int i = 0; i < 32; ++i) out[i] = rounded(x[i]);
  }
  static void panel(PlainType type, const void* values, int64_t columns, uint16_t* pairs) {
    constexpr DType kTypes[] = {DType::f32, DType::f16, DType::bf16};
    std::vector<float> floats(size_t(columns * kPanelRows));
    decode_to_f32(kTypes[int(type)], values, columns * kPanelRows, floats.data());
    for (int64_t c = 0; c < columns; ++c)
      for (int64_t r = 0; r < kPanelRows; ++r)
        pairs[c / 2 * 32 + 2 * r + c % 2] = rounded(floats[size_t(c * kPanelRows + r)]);
  }
};

constexpr Bf16Kernels kEmulated = bf16_in_tiles<EmulatedTiles, PlainRounding>();

/// Two panels of f32 [column][16] and 16 tokens.
struct Operands {
  static constexpr int64_t kColumns = 320;  // a piece of `row` and a part of one
  std::vector<float> x, w, bias;
  std::vector<uint16_t> pairs;

  explicit Operands(std::mt19937& random)
      : x(random_floats(kTileTokens * kColumns, random)),
        w(random_floats(2 * kPanelRows * kColumns, random)),
        bias(random_floats(2 * kPanelRows, random)),
        pairs(w.size()) {
    for (int64_t p = 0; p < 2; ++p) kEmulated.panel(PlainType::f32, panel(p), kColumns, pairs.data() + p * kStep);
  }
  const float* panel(int64_t p) const { return w.data() + p * kStep; }
  float expected(int64_t token, int64_t output) const {
    std::array<float, kColumns> column;
    for (int64_t c = 0; c < kColumns; ++c)
      column[size_t(c)] = panel(output / kPanelRows)[c * kPanelRows + output % kPanelRows];
    return in_tile_order(x.data() + token * kColumns, column.data(), kColumns);
  }
  std::vector<uint16_t> tile(int64_t token, int tokens, int width) const {
    std::vector<uint16_t> out(size_t(width * kColumns), 0xabab);
    kEmulated.tokens(x.data() + token * kColumns, kColumns, tokens, kColumns, width, out.data());
    return out;
  }
  static constexpr int64_t kStep = kColumns * kPanelRows;
};

constexpr float kUntouched = 77;

TEST(AmxBf16Kernel, CutTilesPanelsAndChunksHaveTheOrderOfTheInstruction) {
  std::mt19937 random(41);
  const Operands operands(random);
  for (int width : {1, kTileTokens})
    for (int tokens = 1; tokens <= width; ++tokens)
      for (int panels : {1, 2})
        for (int64_t chunk : {32, 96, 320})
          for (bool biased : {false, true}) {
            const std::vector<uint16_t> tile = operands.tile(0, tokens, width);
            constexpr int64_t kOutStep = 37;
            std::vector<float> out(size_t((kTileTokens + 1) * kOutStep), kUntouched);
            kEmulated.enter(width);
            for (int64_t from = 0, count; from < Operands::kColumns; from += count) {
              count = std::min(chunk, Operands::kColumns - from);
              const bool last = from + count == Operands::kColumns;
              kEmulated.multiply(tile.data() + from * width, width, tokens, operands.pairs.data() + from * kPanelRows,
                                 Operands::kStep, panels, count,
                                 {.out = out.data(),
                                  .step = kOutStep,
                                  .more = from > 0,
                                  .bias = biased && last ? operands.bias.data() : nullptr});
            }
            kEmulated.leave();
            ASSERT_FALSE(own_tiles().configured()) << "the thread keeps its tiles";
            for (int64_t at = 0; at < int64_t(out.size()); ++at) {
              const int64_t t = at / kOutStep, o = at % kOutStep;
              float expected = kUntouched;
              if (t < tokens && o < panels * kPanelRows)
                expected = operands.expected(t, o) + (biased ? operands.bias[size_t(o)] : 0);
              ASSERT_EQ(bits_of(out[size_t(at)]), bits_of(expected))
                  << "token " << t << " of " << tokens << ", output " << o << ", " << panels << " panels, chunks of "
                  << chunk << ", width " << width;
            }
          }
}

TEST(AmxBf16Kernel, OneRowFromStoredValuesHasTheSameBits) {
  std::mt19937 random(42);
  const Operands operands(random);
  const std::vector<uint16_t> tile = operands.tile(3, 1, 1);
  for (int64_t p : {0, 1}) {
    std::array<float, kPanelRows> out;
    kEmulated.row(PlainType::f32, operands.panel(p), Operands::kColumns, tile.data(), out.data());
    EXPECT_FALSE(own_tiles().configured()) << "the thread keeps its tiles";
    for (int64_t r = 0; r < kPanelRows; ++r)
      EXPECT_EQ(bits_of(out[size_t(r)]), bits_of(operands.expected(3, p * kPanelRows + r))) << "output " << r;
  }
}

TEST(AmxBf16Kernel, FaultsUnderAnotherConfiguration) {
  std::mt19937 random(43);
  const Operands operands(random);
  const std::vector<uint16_t> tile = operands.tile(0, kTileTokens, kTileTokens);
  std::vector<float> out(kTileTokens * 2 * kPanelRows);
  const auto multiply = [&] {
    kEmulated.multiply(tile.data(), kTileTokens, kTileTokens, operands.pairs.data(), Operands::kStep, 2, 32,
                       {.out = out.data(), .step = 2 * kPanelRows});
  };
  EXPECT_THROW(multiply(), TileFault) << "without a configuration";
  for (const TileConfig& other : {kWholeTiles, kHalfTiles}) {
    own_tiles().configure(&other);
    EXPECT_THROW(multiply(), TileFault) << "with the tiles of int8 products";
  }
  TileConfig wrong = kBf16Tiles;
  wrong.rows[4] = 15;
  own_tiles().configure(&wrong);
  EXPECT_THROW(multiply(), TileFault) << "with a pair of weights too few";
  own_tiles().release();
}

// ---- the emulation itself

/// One row, one output, two pairs of columns: c + a b.
float one_dot(float c, const std::array<uint16_t, 4>& a, const std::array<uint16_t, 4>& b) {
  TileConfig config;
  for (int t = 0; t < 3; ++t) config.rows[t] = t == 2 ? 2 : 1, config.row_bytes[t] = t == 1 ? 8 : 4;
  TileMachine machine;
  machine.configure(&config);
  machine.load(0, &c, 4);
  machine.load(1, a.data(), 8);
  machine.load(2, b.data(), 4);
  machine.dot_bf16(0, 1, 2);
  machine.store(0, &c, 4);
  return c;
}

TEST(AmxBf16Emulation, SumsAsTheManualSays) {
  constexpr uint16_t kOne = 0x3f80, kTiny = 0x3380, kHuge = 0x7180, kSmallest = 0x0080;  // 1, 2^-24, 2^100, 2^-126
  EXPECT_EQ(one_dot(2, {kOne, kOne, kOne, kOne}, {kOne, kOne, kOne, 0xc080}), 1) << "2 + 1 + 1 + 1 - 4";
  EXPECT_EQ(one_dot(1, {kTiny, kTiny, 0, 0}, {kOne, kOne, kOne, kOne}), 1 + 0x1p-23f) << "even and odd before c";
  EXPECT_EQ(one_dot(1, {kTiny, 0, kTiny, 0}, {kOne, kOne, kOne, kOne}), 1 + 0x1p-23f) << "both rows before c";
  EXPECT_EQ(one_dot(0, {0x0040, 0, 0, 0}, {kHuge, 0, 0, 0}), 0) << "a subnormal operand is zero";
  EXPECT_EQ(one_dot(0, {kSmallest, 0, 0, 0}, {0x3f00, 0, 0, 0}), 0) << "a subnormal product is zero";
  EXPECT_EQ(one_dot(0x1p-127f, {}, {}), 0) << "a subnormal sum is zero";
}

TEST(AmxBf16Emulation, TilesThatDoNotFitFault) {
  TileMachine machine;
  EXPECT_THROW(machine.dot_bf16(0, 2, 3), TileFault) << "without a configuration";
  machine.configure(&kBf16Tiles);
  EXPECT_NO_THROW(machine.dot_bf16(0, 2, 3));
  for (const auto& [sums, a, b] : {std::array{0, 2, 2}, {2, 2, 3}, {3, 2, 3}, {0, 2, 5}})
    EXPECT_THROW(machine.dot_bf16(sums, a, b), TileFault) << sums << ", " << a << ", " << b;
  TileConfig few = kBf16Tiles;
  few.rows[0] = 8;
  machine.configure(&few);
  EXPECT_THROW(machine.dot_bf16(0, 2, 3), TileFault) << "sums for half of the tokens";
}

// ---- the trial at the program's start

/// Every pair of columns added to the sums by itself, as VDPBF16PS does.
struct PairByPairTiles : EmulatedTiles {
  template <int sums, int a, int b>
  static void dot_bf16() {
    float c[16][16] = {};
    uint16_t left[16][32] = {}, right[16][32];
    store<sums>(c, 64), store<a>(left, 64), store<b>(right, 64);
    const auto value = [](uint16_t half) { return std::bit_cast<float>(uint32_t(half) << 16); };
    for (int m = 0; m < 16; ++m)
      for (int n = 0; n < 16; ++n)
        for (int i : {1, 0})
          for (int k = 0; k < 16; ++k) c[m][n] += value(left[m][2 * k + i]) * value(right[k][2 * n + i]);
    load<sums>(c, 64);
  }
};
struct LateTiles : EmulatedTiles {
  static void configure(const TileConfig& config) {
    TileConfig late = config;
    late.start_row = 1;
    own_tiles().configure(&late);
  }
  template <int tile>
  static void zero() {}
};
struct Truncation : PlainRounding {
  static void row(const float* x, uint16_t* out) {
    for (int i = 0; i < 32; ++i) out[i] = uint16_t(bits_of(x[i]) >> 16);
  }
};

TEST(AmxBf16Start, TrialTellsRightFromWrong) {
  EXPECT_TRUE(bf16_in_tile_order(kEmulated));
  EXPECT_FALSE((bf16_in_tile_order(bf16_in_tiles<PairByPairTiles, PlainRounding>()))) << "another order";
  EXPECT_FALSE((bf16_in_tile_order(bf16_in_tiles<LateTiles, PlainRounding>()))) << "a row too few";
  EXPECT_FALSE((bf16_in_tile_order(bf16_in_tiles<EmulatedTiles, Truncation>()))) << "another rounding";
  Bf16Kernels short_row = kEmulated;
  short_row.row = [](PlainType type, const void* values, int64_t columns, const uint16_t* x, float* out) {
    kEmulated.row(type, values, columns - 32, x, out);
  };
  EXPECT_FALSE(bf16_in_tile_order(short_row)) << "a row alone with other bits";
}

#if defined(__x86_64__)

// ---- the machine code that ships

bool code_runs() { return detect_isa() >= Isa::avx512 && __builtin_cpu_supports("avx512bf16"); }

TEST(AmxBf16Start, LevelsWithoutTheInstructionGoWithout) {
  if (detect_isa() < Isa::avx512) GTEST_SKIP() << "the scales need AVX-512";
  EXPECT_EQ(matmul_kernels(Isa::amx).bf16 != nullptr, amx_multiplies_bf16());
  EXPECT_TRUE(detect_isa() == Isa::amx || !amx_multiplies_bf16());
}

TEST(AmxBf16Start, TrialAcceptsTheTilesThatShip) {
  if (!code_runs()) GTEST_SKIP() << "rounding needs AVX512_BF16";
  std::optional<TileTraps> traps;
  if (detect_isa() < Isa::amx) traps.emplace();
  EXPECT_TRUE(bf16_in_tile_order(amx::bf16_kernels()));
}

TEST(AmxBf16Start, TrialRefusesInstructionsThatDoNotExist) {
  if (!code_runs() || detect_isa() == Isa::amx) GTEST_SKIP() << "needs AVX512_BF16 without AMX";
  EXPECT_FALSE(passes_in_child([] { return bf16_in_tile_order(amx::bf16_kernels()); }));
}

class AmxBf16MachineCode : public TrappedTilesTest {
 protected:
  void SetUp() override {
    if (!code_runs()) GTEST_SKIP() << "rounding needs AVX512_BF16";
    if (detect_isa() == Isa::amx && !amx_multiplies_bf16()) GTEST_SKIP() << "tiles without bfloat16";
    trap();
  }
};

const MatmulKernels& with_bf16_tiles() {
  static const MatmulKernels kernels = [] {
    MatmulKernels table = amx::matmul_kernels(avx512::kMatmulKernels);
    table.bf16 = &amx::bf16_kernels();
    return table;
  }();
  return kernels;
}

/// A product of random operands and what it should be.
struct Case {
  Shape shape;
  DType dtype;
  int64_t tokens;
  std::vector<std::byte> bytes;
  std::vector<float> x, bias, expected;

  Case(DType type, Shape w, int64_t token_count, bool biased, std::mt19937& random)
      : shape(w),
        dtype(type),
        tokens(token_count),
        bytes(random_weight(type, w[0] * w[1], random)),
        x(random_floats(tokens * w[1], random)) {
    if (biased) bias = random_floats(w[0], random);
    std::vector<float> weights(size_t(w[0] * w[1]));
    decode_to_f32(type, bytes.data(), w[0] * w[1], weights.data());
    for (int64_t t = 0; t < tokens; ++t)
      for (int64_t o = 0; o < w[0]; ++o) {
        const float sum = in_tile_order(x.data() + t * w[1], weights.data() + o * w[1], w[1]);
        expected.push_back(biased ? sum + bias[size_t(o)] : sum);
      }
  }
  std::vector<float> run(Backend& backend, int64_t from, int64_t to) const {
    const Tensor w = backend.prepare(upload_copy(backend, bytes, shape, dtype));
    return product(backend, upload_floats(backend, x, {tokens, shape[1]}).slice(0, from, to), w, Precision::fast,
                   bias.empty() ? Tensor() : upload_floats(backend, bias, {shape[0]}));
  }
};

TEST_P(AmxBf16MachineCode, ProductsHaveTheOrderOfTheInstruction) {
  std::mt19937 random(44);
  for (int threads : {1, 3}) {
    CpuBackend backend(threads, Isa::amx, with_bf16_tiles());
    for (int64_t columns : {256, 320, 1056})
      for (int64_t rows : {5, 16, 70})
        for (int64_t tokens : {1, 2, 9, 16, 17, 40})
          for (bool biased : {false, true}) {
            const Case made(GetParam(), {rows, columns}, tokens, biased, random);
            ASSERT_EQ(bits(made.run(backend, 0, tokens)), bits(made.expected))
                << "[" << rows << ", " << columns << "], " << tokens << " tokens, " << threads << " threads"
                << (biased ? ", with bias" : "");
            ASSERT_FALSE(own_tiles().configured()) << "the thread keeps its tiles";
          }
  }
}

TEST_P(AmxBf16MachineCode, TokensDoNotDependOnTheirNeighbours) {
  std::mt19937 random(45);
  const Case made(GetParam(), {70, 320}, 33, true, random);
  CpuBackend backend(2, Isa::amx, with_bf16_tiles());
  const std::vector<uint32_t> all = bits(made.run(backend, 0, 33));
  for (int64_t count : {1, 3, 16})
    for (int64_t from = 0; from + count <= 33; from += count)
      ASSERT_EQ(bits(made.run(backend, from, from + count)),
                std::vector<uint32_t>(all.begin() + from * 70, all.begin() + (from + count) * 70))
          << "tokens " << from << " to " << from + count;
}

TEST_P(AmxBf16MachineCode, BrokenActivationsStayVisible) {
  std::mt19937 random(46);
  CpuBackend backend(1, Isa::amx, with_bf16_tiles());
  for (float bad : {NAN, INFINITY})
    for (int64_t tokens : {1, 5}) {
      Case made(GetParam(), {16, 256}, tokens, false, random);
      made.x[100] = bad;
      const std::vector<float> got = made.run(backend, 0, tokens);
      for (size_t i = 0; i < got.size(); ++i)
        EXPECT_EQ(std::isfinite(got[i]), i >= 16) << bad << ", token " << i / 16 << ", output " << i % 16;
    }
}

INSTANTIATE_TEST_SUITE_P(Formats, AmxBf16MachineCode, ::testing::Values(DType::f32, DType::f16, DType::bf16),
                         [](const auto& info) { return std::string(dtype_info(info.param).name); });

#endif

}  // namespace
}  // namespace vitrine::cpu
