// SPDX-License-Identifier: Apache-2.0
// Runs compiled AMX code on an x86-64 processor without AMX: each tile instruction raises SIGILL there, is decoded,
// done by the TileMachine of its thread, and skipped. What runs is the very machine code that ships. Encodings: Intel
// 64 and IA-32 Architectures Software Developer's Manual, volume 2 (three-byte VEX, map 0F38).
#pragma once

#if defined(__x86_64__)

#include <signal.h>
#include <ucontext.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "tests/support/tile_machine.h"

namespace vitrine::testing {

class TileTraps {
 public:
  TileTraps() {
    count_ = 0;
    struct sigaction action {};
    action.sa_sigaction = [](int, siginfo_t*, void* context) { handle(static_cast<ucontext_t*>(context)); };
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigaction(SIGILL, &action, &before_);
  }
  ~TileTraps() { sigaction(SIGILL, &before_, nullptr); }
  TileTraps(const TileTraps&) = delete;
  TileTraps& operator=(const TileTraps&) = delete;

  /// Tile instructions done so far, of all threads.
  int64_t count() const { return count_; }

 private:
  struct Memory {
    const uint8_t* address = nullptr;  // base and displacement
    int64_t index = 0;                 // scaled; the step of tile loads and stores
    int bytes = 0;                     // SIB and displacement
  };

  static int64_t register_of(const ucontext_t& c, int number) {
    static constexpr int kOrder[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                       REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    return c.uc_mcontext.gregs[kOrder[number]];
  }
  template <class Value>
  static Value read(const uint8_t* p) {
    Value value;
    std::memcpy(&value, p, sizeof value);
    return value;
  }

  /// The memory operand that begins with the ModRM byte at p.
  static Memory memory_at(const ucontext_t& c, const uint8_t* p, bool extend_index, bool extend_base) {
    const int mod = *p >> 6, rm = *p & 7;
    Memory m;
    int64_t base = 0;
    int wide = mod == 1 ? 1 : mod == 2 ? 4 : 0;
    if (rm == 4) {
      const int sib = p[1], index = (sib >> 3 & 7) | extend_index << 3;
      m.bytes = 1;
      if (index != 4) m.index = register_of(c, index) << (sib >> 6);
      if (mod == 0 && (sib & 7) == 5)
        wide = 4;
      else
        base = register_of(c, (sib & 7) | extend_base << 3);
    } else if (mod == 0 && rm == 5) {
      wide = 4;
      base = reinterpret_cast<int64_t>(p) + 5;  // the end of the instruction
    } else {
      base = register_of(c, rm | extend_base << 3);
    }
    const uint8_t* displacement = p + 1 + m.bytes;
    base += wide == 1 ? read<int8_t>(displacement) : wide == 4 ? read<int32_t>(displacement) : 0;
    m.bytes += wide;
    m.address = reinterpret_cast<const uint8_t*>(base);
    return m;
  }

  /// True when the instruction was one of tiles; the context then stands behind it.
  static bool execute(ucontext_t& c) {
    enum Prefix { none, p66, pf3, pf2 };
    const auto* p = reinterpret_cast<const uint8_t*>(c.uc_mcontext.gregs[REG_RIP]);
    if (p[0] != 0xc4 || (p[1] & 31) != 2 || (p[2] & 0x84) != 0) return false;  // map 0F38, W0, 128 bits
    const bool extend_index = !(p[1] & 0x40), extend_base = !(p[1] & 0x20);
    const int opcode = p[3], prefix = p[2] & 3, mod = p[4] >> 6, reg = p[4] >> 3 & 7, rm = p[4] & 7;
    TileMachine& tiles = own_tiles();
    Memory m;
    if (mod != 3) m = memory_at(c, p + 4, extend_index, extend_base);
    if (opcode == 0x49 && prefix == none && mod != 3 && reg == 0)
      tiles.configure(m.address + m.index);
    else if (opcode == 0x49 && prefix == none && p[4] == 0xc0)
      tiles.release();
    else if (opcode == 0x49 && prefix == pf2 && mod == 3 && rm == 0)
      tiles.zero(reg);
    else if (opcode == 0x4b && prefix == pf2 && mod != 3 && rm == 4)
      tiles.load(reg, m.address, m.index);
    else if (opcode == 0x4b && prefix == pf3 && mod != 3 && rm == 4)
      tiles.store(reg, const_cast<uint8_t*>(m.address), m.index);
    else if (opcode == 0x5e && mod == 3)
      tiles.dot(reg, rm, ~p[2] >> 3 & 15, prefix == pf3 || prefix == pf2, prefix == p66 || prefix == pf2);
    else if (opcode == 0x5c && prefix == pf3 && mod == 3)
      tiles.dot_bf16(reg, rm, ~p[2] >> 3 & 15);
    else
      return false;
    c.uc_mcontext.gregs[REG_RIP] += 5 + m.bytes;
    ++count_;
    return true;
  }

  static void handle(ucontext_t* context) {
    try {
      if (execute(*context)) return;
      std::fputs("illegal instruction, and not one of tiles\n", stderr);
    } catch (const TileFault& fault) {
      std::fprintf(stderr, "a tile instruction faults: %s\n", fault.what());
    }
    std::abort();
  }

  struct sigaction before_ {};
  static inline std::atomic<int64_t> count_{0};
};

}  // namespace vitrine::testing

#endif
