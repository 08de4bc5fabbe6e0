// SPDX-License-Identifier: Apache-2.0
// AMX tiles in plain C++: what ldtilecfg, tileload, tilestore, tilezero and the products of int8 and bfloat16 do and
// when they fault.
// Source: the pseudo-code in Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2 (palette 1: 8 tiles
// of 16 rows of 64 bytes; exception classes AMX-E1 to E5). Contents of tiles that ldtilecfg or a fault leaves are zero.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace vitrine::testing {

/// The processor would raise #UD or #GP.
struct TileFault : std::logic_error {
  using std::logic_error::logic_error;
};

class TileMachine {
 public:
  static constexpr int kTiles = 8, kRows = 16, kRowBytes = 64;

  void configure(const void* memory) {
    uint8_t bytes[64];
    std::memcpy(bytes, memory, 64);
    release();
    if (bytes[0] == 0) return;
    fault_if(bytes[0] != 1, "#GP: no such palette");
    for (int i = 2; i < 64; ++i)
      fault_if((i < 16 || (i >= 32 && i < 48) || i >= 56) && bytes[i] != 0, "#GP: reserved bytes of the configuration");
    for (int t = 0; t < kTiles; ++t) {
      const int row_bytes = bytes[16 + 2 * t] | bytes[17 + 2 * t] << 8, rows = bytes[48 + t];
      fault_if(row_bytes > kRowBytes || rows > kRows, "#GP: tile larger than the palette's");
      fault_if((row_bytes == 0) != (rows == 0), "#GP: tile with rows or columns only");
      tiles_[t].rows = rows, tiles_[t].row_bytes = row_bytes;
    }
    start_row_ = bytes[1];
  }
  void release() {
    for (Tile& tile : tiles_) tile = Tile{};
    start_row_ = 0;
  }
  bool configured() const {
    for (const Tile& tile : tiles_)
      if (tile.rows) return true;
    return false;
  }

  void zero(int t) {
    std::memset(usable(t).data, 0, sizeof tiles_[t].data);
    start_row_ = 0;
  }
  void load(int t, const void* from, int64_t step) {
    Tile& tile = usable(t);
    fault_if(start_row_ >= tile.rows, "#UD: start row beyond the tile");
    for (int r = start_row_; r < kRows; ++r) {
      std::memset(tile.data[r], 0, kRowBytes);
      if (r < tile.rows)
        std::memcpy(tile.data[r], static_cast<const uint8_t*>(from) + r * step, size_t(tile.row_bytes));
    }
    start_row_ = 0;
  }
  void store(int t, void* to, int64_t step) {
    const Tile& tile = usable(t);
    fault_if(start_row_ >= tile.rows, "#UD: start row beyond the tile");
    for (int r = start_row_; r < tile.rows; ++r)
      std::memcpy(static_cast<uint8_t*>(to) + r * step, tile.data[r], size_t(tile.row_bytes));
    start_row_ = 0;
  }
  /// sums[m][n] += a[m][4 k + i] b[k][4 n + i] over k and i, modulo 2^32; each operand's bytes signed or not.
  void dot(int sums, int a, int b, bool a_signed, bool b_signed) {
    const auto [c, left, right] = operands(sums, a, b);
    for (int m = 0; m < c.rows; ++m)
      for (int n = 0; n < c.row_bytes / 4; ++n) {
        uint32_t sum;
        std::memcpy(&sum, c.data[m] + 4 * n, 4);
        for (int k = 0; k < left.row_bytes; ++k)
          sum += uint32_t(value(left.data[m][k], a_signed) * value(right.data[k / 4][4 * n + k % 4], b_signed));
        std::memcpy(c.data[m] + 4 * n, &sum, 4);
      }
    start_row_ = 0;
  }
  /// sums[m][n] += even + odd, where even = sum over k of a[m][2 k] b[k][2 n], odd that of 2 k + 1 and 2 n + 1.
  void dot_bf16(int sums, int a, int b) {
    const auto [c, left, right] = operands(sums, a, b);
    for (int m = 0; m < c.rows; ++m)
      for (int n = 0; n < c.row_bytes / 4; ++n) {
        float parts[2] = {}, sum;
        for (int k = 0; k < left.row_bytes / 4; ++k)
          for (int i = 0; i < 2; ++i)
            parts[i] = normal(std::fma(bf16(left.data[m] + 4 * k + 2 * i), bf16(right.data[k] + 4 * n + 2 * i), parts[i]));
        std::memcpy(&sum, c.data[m] + 4 * n, 4);
        sum = normal(normal(sum) + normal(parts[0] + parts[1]));
        std::memcpy(c.data[m] + 4 * n, &sum, 4);
      }
    start_row_ = 0;
  }

 private:
  struct Tile {
    int rows = 0, row_bytes = 0;
    uint8_t data[kRows][kRowBytes] = {};
  };

  struct Operands {
    Tile &sums, &a, &b;
  };

  static void fault_if(bool wrong, const char* what) {
    if (wrong) throw TileFault(what);
  }
  static int32_t value(uint8_t byte, bool is_signed) { return is_signed ? int8_t(byte) : int32_t(byte); }
  /// Subnormal numbers are zeros, read and written.
  static float normal(float x) { return std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(0.0f, x) : x; }
  static float bf16(const uint8_t* p) { return normal(std::bit_cast<float>(uint32_t(p[0]) << 16 | uint32_t(p[1]) << 24)); }
  Operands operands(int sums, int a, int b) {
    fault_if(sums == a || sums == b || a == b, "#UD: one tile in two roles");
    Tile &c = usable(sums), &left = usable(a), &right = usable(b);
    fault_if(c.rows != left.rows || left.row_bytes != 4 * right.rows || c.row_bytes != right.row_bytes,
             "#UD: tiles of sizes that do not fit together");
    return {c, left, right};
  }
  Tile& usable(int t) {
    fault_if(t < 0 || t >= kTiles || tiles_[t].rows == 0, "#UD: tile without a configuration");
    fault_if(tiles_[t].row_bytes % 4 != 0, "#UD: row of no whole number of 4 bytes");
    return tiles_[t];
  }

  Tile tiles_[kTiles];
  int start_row_ = 0;
};

/// The calling thread's tiles; each processor core has its own.
inline TileMachine& own_tiles() {
  thread_local TileMachine machine;
  return machine;
}

}  // namespace vitrine::testing
