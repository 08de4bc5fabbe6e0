// SPDX-License-Identifier: Apache-2.0
// Instruction sets by CPUID and XGETBV (the compiler's run-time support reads both); AMX by asking the kernel too, and
// by trying it.
#include "engine/backend/cpu/isa.h"

#include <iterator>

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/backend/cpu/self_check.h"
#endif

namespace vitrine::cpu {

static constexpr std::string_view kNames[] = {"scalar", "avx2", "avx512", "avx512_bf16", "amx"};

std::string_view isa_name(Isa isa) noexcept { return kNames[int(isa)]; }

std::optional<Isa> isa_of_name(std::string_view name) noexcept {
  for (size_t i = 0; i < std::size(kNames); ++i)
    if (kNames[i] == name) return Isa(i);
  return std::nullopt;
}

#if defined(__x86_64__)
/// AMX-TILE and AMX-INT8 in the processor, and both parts of the tile state kept by the system (XCR0).
static bool amx_reported() noexcept {
  constexpr unsigned kTile = 1u << 24, kInt8 = 1u << 25, kState = 3u << 17;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return false;
  unsigned low = 0, high = 0;
  asm("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & kState) != kState) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & kTile) && (d & kInt8);
}

/// Tiles need a permission per process (Linux 5.16): ARCH_REQ_XCOMP_PERM for XFEATURE_XTILEDATA.
static bool amx_permitted() noexcept {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

static bool amx_agrees() noexcept {
  return same_tiles(avx512::kMatmulKernels, amx::matmul_kernels(avx512::kMatmulKernels));
}

static bool amx_bf16_reported() noexcept {
  constexpr unsigned kBf16 = 1u << 22;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & kBf16) && __builtin_cpu_supports("avx512bf16");
}

static bool amx_bf16_agrees() noexcept { return bf16_in_tile_order(amx::bf16_kernels()); }

static Isa find_isa() noexcept {
  __builtin_cpu_init();
  // bmi2 stands before f16c in every processor that has AVX2; the compiler's list of names has no "f16c" in GCC 12.
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool f16c = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
  if (!f16c || !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2"))
    return Isa::scalar;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl") ||
      !__builtin_cpu_supports("avx512vnni"))
    return Isa::avx2;
  if (amx_reported() && amx_permitted() && passes_in_child(amx_agrees)) return Isa::amx;
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_is("amd") ? Isa::avx512_bf16 : Isa::avx512;
}

static bool find_amx_bf16() noexcept {
  return detect_isa() == Isa::amx && amx_bf16_reported() && passes_in_child(amx_bf16_agrees);
}
#else
static Isa find_isa() noexcept { return Isa::scalar; }
static bool find_amx_bf16() noexcept { return false; }
#endif

Isa detect_isa() noexcept {
  static const Isa isa = find_isa();
  return isa;
}

bool amx_multiplies_bf16() noexcept {
  static const bool found = find_amx_bf16();
  return found;
}

}  // namespace vitrine::cpu
