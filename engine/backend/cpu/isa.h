// SPDX-License-Identifier: Apache-2.0
// Which instruction sets really work on this processor (CPUID, operating system support, AMX permission and a trial).
#pragma once

#include <optional>
#include <string_view>

namespace vitrine::cpu {

/// In rising order. avx512 means F, BW, DQ, VL and VNNI together; avx512_bf16 adds products of bfloat16, amx (to avx512)
/// tiles of int8, and of bfloat16 where amx_multiplies_bf16.
enum class Isa { scalar, avx2, avx512, avx512_bf16, amx };

std::string_view isa_name(Isa isa) noexcept;
std::optional<Isa> isa_of_name(std::string_view name) noexcept;
/// The highest level that pays here, found once: avx512_bf16 only on AMD's processors, where VDPBF16PS does twice what
/// FMA does (on Intel's it does half). AMX must be reported, permitted by the kernel (asked for here), and
/// give what AVX-512 gives in a small product tried in a child process; otherwise the level is below.
Isa detect_isa() noexcept;
/// Whether the level amx, which must be the one detected, has tiles of bfloat16 too: AMX-BF16 and AVX512_BF16 (to round
/// with) are reported, and a small product tried in a child process has the bits it should. Found once.
bool amx_multiplies_bf16() noexcept;

}  // namespace vitrine::cpu
