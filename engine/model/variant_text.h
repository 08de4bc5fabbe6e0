// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vitrine {

/// positions: see parse_positions(). attention: see parse_attention(). Empty: as the model has it.
struct VariantText {
  std::string positions = {}, attention = {};
  bool empty() const noexcept { return positions.empty() && attention.empty(); }
  bool operator==(const VariantText&) const = default;
  auto operator<=>(const VariantText&) const = default;
};

}  // namespace vitrine
