// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648, section 4, with padding) for bytes inside JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/api.h"

namespace vitrine {

VT_API std::string base64_encode(std::span<const std::byte> bytes);
/// Nothing when a character, the length or the padding is wrong.
VT_API std::optional<std::vector<std::byte>> base64_decode(std::string_view text);

}  // namespace vitrine
