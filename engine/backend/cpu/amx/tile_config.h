// SPDX-License-Identifier: Apache-2.0
// The 64 bytes that ldtilecfg reads, and the tiles the matrix products work with.
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, LDTILECFG, table "Memory Area
// Layout".
#pragma once

#include <cstdint>

#include "engine/backend/cpu/bf16_kernels.h"
#include "engine/backend/cpu/records.h"

namespace vitrine::cpu {

struct alignas(64) TileConfig {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {};  // of tiles 0..7, then reserved
  uint8_t rows[16] = {};
};
static_assert(sizeof(TileConfig) == 64);

/// Tiles 0..3: sums of 16 tokens and 16 outputs. 4 and 6: codes of 16 tokens, `columns` of them. 5 and 7: codes of 16
/// outputs, four columns a row.
static constexpr TileConfig tile_config(int columns) {
  TileConfig config;
  for (int t = 0; t < 8; ++t) {
    const bool tokens = t == 4 || t == 6, outputs = t == 5 || t == 7;
    config.rows[t] = uint8_t(outputs ? columns / 4 : kTileTokens);
    config.row_bytes[t] = uint16_t(tokens ? columns : 4 * kPanelRows);
  }
  return config;
}

/// A record's columns share one scale, or each half of them has its own.
constexpr TileConfig kWholeTiles = tile_config(kRecordColumns), kHalfTiles = tile_config(kRecordColumns / 2);

/// Products of bfloat16. Tiles 0 and 1: sums of `tokens` tokens and 16 outputs. 2: 32 columns of the tokens. 3 and 4:
/// 32 columns of 16 outputs, two columns a row.
static constexpr TileConfig bf16_tile_config(int tokens) {
  TileConfig config;
  for (int t = 0; t < 5; ++t) {
    config.rows[t] = uint8_t(t < 3 ? tokens : kBf16Columns / 2);
    config.row_bytes[t] = uint16_t(t == 2 ? 2 * kBf16Columns : 4 * kPanelRows);
  }
  return config;
}

constexpr TileConfig kBf16Tiles = bf16_tile_config(kTileTokens), kBf16RowTiles = bf16_tile_config(1);

}  // namespace vitrine::cpu
