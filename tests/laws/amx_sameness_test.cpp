// SPDX-License-Identifier: Apache-2.0
// Sameness on processors with AMX, shown on any: the kernel of backend/cpu/amx, compiled over emulated tiles, gives the
// portable code's bits for every record format; and the emulation faults where a processor would.
#include <gtest/gtest.h>

#include "engine/backend/cpu/scalar/vec16.h"
//
#include "engine/backend/cpu/amx/tile_body.inc"
#include "engine/backend/cpu/self_check.h"
#include "engine/backend/cpu/weights.h"
#include "tests/support/emulated_tiles.h"
#include "tests/unit/backend/matmul_cases.h"

namespace vitrine::cpu {
namespace {

using vitrine::testing::EmulatedTiles;
using vitrine::testing::own_tiles;
using vitrine::testing::TileFault;
using vitrine::testing::TileMachine;

const MatmulKernels& emulated() {
  static const MatmulKernels kernels = with_tiles<EmulatedTiles>(scalar::kMatmulKernels);
  return kernels;
}

std::vector<DType> record_dtypes() {
  return {
#define VT_RECORD(id, codes, scales, zero) DType::id,
#include "engine/backend/cpu/records.def"
#undef VT_RECORD
  };
}

/// One panel of random weights, unpacked, and a tile of `tokens` quantized tokens as matmul.cpp lays them out.
struct Operands {
  RecordKind kind;
  int64_t records;
  std::vector<uint8_t> panel, tile;

  Operands(DType dtype, int64_t columns, int valid_rows, int tokens, std::mt19937& random)
      : records(columns / kRecordColumns) {
    const RecordFormat format = *record_format(dtype);
    kind = kind_of(record_info(format).scales);
    const std::vector<std::byte> weight = vitrine::testing::random_weight(dtype, valid_rows * columns, random);
    std::vector<uint8_t> packed(size_t(packed_panel_bytes(dtype, columns)));
    pack_record_panel(format, reinterpret_cast<const uint8_t*>(weight.data()), dtype_bytes(dtype, columns), valid_rows,
                      columns, packed.data());
    panel.resize(size_t(records * kUnpackedBytes));
    scalar::kMatmulKernels.unpack(format, packed.data(), 0, records, panel.data());
    tile.resize(size_t(records * activation_bytes(kTileTokens)));
    for (int t = 0; t < tokens; ++t) {
      std::vector<float> x = vitrine::testing::random_floats(columns, random);
      if (t % 5 == 1) std::fill(x.begin(), x.end(), t % 2 ? -3.0f : 3.0f);  // codes of -127 or 127 alone
      if (t % 5 == 2) x[x.size() - 1] = INFINITY;                           // the last record's scale is NaN
      scalar::kMatmulKernels.quantize(x.data(), records, tile.data(), kTileTokens, t);
    }
  }
  std::vector<uint32_t> product(const MatmulKernels& kernels, int tokens, int64_t out_step) const {
    std::vector<uint32_t> out(size_t(kTileTokens * out_step), 0xabababab);
    if (kernels.enter_tiles) kernels.enter_tiles(kind);
    kernels.tile(kind, panel.data(), records, tile.data(), tokens, reinterpret_cast<float*>(out.data()), out_step);
    if (kernels.leave_tiles) kernels.leave_tiles();
    return out;
  }
};

class AmxSameness : public ::testing::TestWithParam<DType> {};

TEST_P(AmxSameness, TilesGiveThePortableBits) {
  std::mt19937 random(21);
  const int64_t block = std::max<int64_t>(dtype_info(GetParam()).block_elements, kRecordColumns);
  for (int64_t blocks : {1, 2, 3, 7})
    for (int valid_rows : {1, 15, 16})
      for (int tokens = 1; tokens <= kTileTokens; ++tokens) {
        const Operands operands(GetParam(), blocks * block, valid_rows, tokens, random);
        for (int64_t out_step : {16, 37})
          ASSERT_EQ(operands.product(emulated(), tokens, out_step),
                    operands.product(scalar::kMatmulKernels, tokens, out_step))
              << blocks << " blocks, " << valid_rows << " rows, " << tokens << " tokens, step " << out_step;
      }
  EXPECT_FALSE(own_tiles().configured()) << "a thread keeps its tiles after a product";
}

// What a token gets may not depend on what lies in its tile beside it.
TEST_P(AmxSameness, RowsDoNotDependOnTheirNeighbours) {
  std::mt19937 random(22);
  const Operands operands(GetParam(), 3 * dtype_info(GetParam()).block_elements, 16, kTileTokens, random);
  const std::vector<uint32_t> all = operands.product(emulated(), kTileTokens, kPanelRows);
  for (int tokens = 1; tokens < kTileTokens; ++tokens) {
    const std::vector<uint32_t> some = operands.product(emulated(), tokens, kPanelRows);
    EXPECT_TRUE(std::equal(some.begin(), some.begin() + tokens * kPanelRows, all.begin())) << tokens << " tokens";
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, AmxSameness, ::testing::ValuesIn(record_dtypes()),
                         [](const auto& info) { return std::string(dtype_info(info.param).name); });

TEST(AmxTiles, KernelUnderTheOtherConfigurationFaults) {
  std::mt19937 random(23);
  for (DType dtype : record_dtypes()) {
    const Operands operands(dtype, 256, 16, 16, random);
    std::vector<float> out(kTileTokens * kPanelRows);
    const auto multiply = [&] {
      emulated().tile(operands.kind, operands.panel.data(), operands.records, operands.tile.data(), 16, out.data(), 16);
    };
    EXPECT_THROW(multiply(), TileFault) << "without a configuration";
    TileConfig wrong = has_halves(operands.kind) ? kHalfTiles : kWholeTiles;
    for (int t : {5, 7}) wrong.rows[t] = uint8_t(wrong.rows[t] - 1);
    own_tiles().configure(&wrong);
    EXPECT_THROW(multiply(), TileFault) << dtype_info(dtype).name << " with a row of weights too few";
    // the defect of GCC 12's _tile_loadconfig: only the first 8 bytes reach memory
    TileConfig empty;
    std::memset(reinterpret_cast<uint8_t*>(&empty) + 8, 0, 56);
    own_tiles().configure(&empty);
    EXPECT_THROW(multiply(), TileFault) << dtype_info(dtype).name << " with the sizes lost";
    own_tiles().release();
  }
}

TEST(AmxTiles, ConfigurationsOutsideThePaletteFault) {
  using Break = void (*)(TileConfig&);
  const std::pair<const char*, Break> broken[] = {
      {"palette", [](TileConfig& c) { c.palette = 2; }},
      {"reserved bytes after the palette", [](TileConfig& c) { c.reserved[13] = 1; }},
      {"a ninth tile", [](TileConfig& c) { c.row_bytes[8] = 64; }},
      {"a ninth tile's rows", [](TileConfig& c) { c.rows[8] = 1; }},
      {"row too long", [](TileConfig& c) { c.row_bytes[3] = 68; }},
      {"too many rows", [](TileConfig& c) { c.rows[3] = 17; }},
      {"columns without rows", [](TileConfig& c) { c.rows[3] = 0; }},
      {"rows without columns", [](TileConfig& c) { c.row_bytes[3] = 0; }},
  };
  for (const TileConfig& good : {kWholeTiles, kHalfTiles, kBf16Tiles, kBf16RowTiles}) {
    TileMachine machine;
    EXPECT_NO_THROW(machine.configure(&good));
    for (const auto& [what, breaks] : broken) {
      TileConfig config = good;
      breaks(config);
      EXPECT_THROW(machine.configure(&config), TileFault) << what;
    }
  }
}

// The check at the program's start: it accepts the tiles, and would refuse tiles that do something else.
struct UnsignedTiles : EmulatedTiles {
  template <int sums, int a, int b>
  static void dot() {
    own_tiles().dot(sums, a, b, false, false);
  }
};
struct ShiftedTiles : EmulatedTiles {
  static void configure(const TileConfig& config) {
    TileConfig late = config;
    late.start_row = 1;  // the first load begins a row late
    own_tiles().configure(&late);
  }
  template <int tile>
  static void zero() {}
};

TEST(AmxTiles, StartCheckTellsRightFromWrong) {
  EXPECT_TRUE(same_tiles(scalar::kMatmulKernels, emulated()));
  EXPECT_FALSE(same_tiles(scalar::kMatmulKernels, with_tiles<UnsignedTiles>(scalar::kMatmulKernels)));
  EXPECT_FALSE(same_tiles(scalar::kMatmulKernels, with_tiles<ShiftedTiles>(scalar::kMatmulKernels)));
}

}  // namespace
}  // namespace vitrine::cpu
