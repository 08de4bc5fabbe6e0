// SPDX-License-Identifier: Apache-2.0
// Lists inside a row as little-endian records: token ids, alternatives, stage traces. Private to sessions/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/event.h"

namespace vitrine {

std::vector<std::byte> pack_ids(std::span<const int32_t> ids);
std::vector<std::byte> pack_alternatives(std::span<const TokenAlternative> top);
std::vector<std::byte> pack_stages(std::span<const StageTrace> stages);
/// Throw Error format when the bytes are no whole number of records.
std::vector<int32_t> unpack_ids(std::span<const std::byte> bytes);
std::vector<TokenAlternative> unpack_alternatives(std::span<const std::byte> bytes);
std::vector<StageTrace> unpack_stages(std::span<const std::byte> bytes);

/// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::byte> bytes);
int64_t now_ms() noexcept;

}  // namespace vitrine
