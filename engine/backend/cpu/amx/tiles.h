// SPDX-License-Identifier: Apache-2.0
// The tile instructions. Written as assembly: the compiler's intrinsics take literal tile numbers only, name no memory
// they read, and (GCC 12) _tile_loadconfig names 8 of its 64 bytes, so that stores to the others are dropped as dead.
#pragma once

#include <cstdint>

#include "engine/backend/cpu/amx/tile_config.h"

namespace vitrine::cpu {
namespace {

struct HardwareTiles {
  static void configure(const TileConfig& config) { asm volatile("ldtilecfg %0" ::"m"(config)); }
  static void release() { asm volatile("tilerelease" ::: "memory"); }

  template <int tile>
  [[gnu::always_inline]] static void zero() {
    asm volatile("tilezero %%tmm%c0" ::"i"(tile));
  }
  template <int tile>
  [[gnu::always_inline]] static void load(const void* from, int64_t step) {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(step), "i"(tile) : "memory");
  }
  template <int tile>
  [[gnu::always_inline]] static void store(void* to, int64_t step) {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(step), "i"(tile) : "memory");
  }
  /// sums[m][n] += over k, i of a[m][4 k + i] (signed) b[k][4 n + i] (unsigned): exact, modulo 2^32.
  template <int sums, int a, int b>
  [[gnu::always_inline]] static void dot() {
    asm volatile("tdpbsud %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(sums), "i"(a), "i"(b));
  }
  /// sums[m][n] += (over k: sum of a[m][2 k] b[k][2 n]) + (over k: sum of a[m][2 k + 1] b[k][2 n + 1]): pairs of
  /// bfloat16, each sum of fused multiply-adds in f32, begun at 0; subnormals are zeros.
  template <int sums, int a, int b>
  [[gnu::always_inline]] static void dot_bf16() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(sums), "i"(a), "i"(b));
  }
};

}  // namespace
}  // namespace vitrine::cpu
