// SPDX-License-Identifier: Apache-2.0
// The `Tiles` that backend/cpu/amx is written over, done by the calling thread's TileMachine.
#pragma once

#include "engine/backend/cpu/amx/tile_config.h"
#include "tests/support/tile_machine.h"

namespace vitrine::testing {

struct EmulatedTiles {
  static void configure(const cpu::TileConfig& config) { own_tiles().configure(&config); }
  static void release() { own_tiles().release(); }
  template <int tile>
  static void zero() {
    own_tiles().zero(tile);
  }
  template <int tile>
  static void load(const void* from, int64_t step) {
    own_tiles().load(tile, from, step);
  }
  template <int tile>
  static void store(void* to, int64_t step) {
    own_tiles().store(tile, to, step);
  }
  template <int sums, int a, int b>
  static void dot() {
    own_tiles().dot(sums, a, b, true, false);
  }
  template <int sums, int a, int b>
  static void dot_bf16() {
    own_tiles().dot_bf16(sums, a, b);
  }
};

}  // namespace vitrine::testing
