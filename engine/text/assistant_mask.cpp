// SPDX-License-Identifier: Apache-2.0
#include "engine/text/assistant_mask.h"

#include <optional>

namespace vitrine {

/// The first token whose characters include number `at`.
static std::optional<size_t> token_at(const Encoding& encoding, size_t at) {
  for (size_t i = 0; i < encoding.offsets.size(); ++i) {
    const bool added = i < encoding.special.size() && encoding.special[i] != 0;
    if (!added && at >= encoding.offsets[i].first && at < encoding.offsets[i].second) return i;
  }
  return std::nullopt;
}

std::vector<uint8_t> assistant_token_mask(const Encoding& encoding, std::span<const AssistantSpan> spans) {
  std::vector<uint8_t> mask(encoding.ids.size(), 0);
  for (const AssistantSpan& span : spans) {
    const std::optional<size_t> first = token_at(encoding, span.begin);
    if (!first) break;
    const std::optional<size_t> last = span.end == 0 ? std::nullopt : token_at(encoding, span.end - 1);
    const size_t end = last && *last != 0 ? *last + 1 : mask.size();
    for (size_t i = *first; i < end; ++i) mask[i] = 1;
  }
  return mask;
}

}  // namespace vitrine
