// SPDX-License-Identifier: Apache-2.0
#include "engine/text/utf8.h"

#include <cstring>

namespace vitrine::text {

// Well-formed ranges of the second byte (Unicode 16, table 3-7); returns the length the lead byte promises, 0 if none.
static size_t lead_rule(uint8_t lead, uint8_t& low, uint8_t& high) noexcept {
  low = 0x80, high = 0xBF;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) {
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    return 3;
  }
  if (lead > 0xF4) return 0;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  return 4;
}

// Length of the well-formed character at `p`; else 0 and `bad` = length of the ill-formed subpart.
static size_t character_at(const char* p, const char* end, size_t& bad, bool& unfinished) noexcept {
  const auto lead = static_cast<uint8_t>(*p);
  unfinished = false;
  if (lead < 0x80) return 1;
  uint8_t low, high;
  const size_t promised = lead_rule(lead, low, high);
  bad = 1;
  if (promised == 0) return 0;
  for (size_t i = 1; i < promised; ++i) {
    if (p + i == end) return unfinished = true, 0;
    const auto b = static_cast<uint8_t>(p[i]);
    if (b < low || b > high) return 0;
    low = 0x80, high = 0xBF;
    bad = i + 1;
  }
  return promised;
}

size_t utf8_valid_prefix(std::string_view bytes, bool* unfinished) noexcept {
  const char *p = bytes.data(), *end = p + bytes.size();
  bool open = false;
  if (unfinished) *unfinished = false;
  while (p < end) {
    uint64_t word;
    while (end - p >= 8 && (std::memcpy(&word, p, 8), (word & 0x8080808080808080ull) == 0)) p += 8;
    if (p == end) break;
    size_t bad = 0;
    const size_t size = character_at(p, end, bad, open);
    if (size == 0) {
      if (unfinished) *unfinished = open;
      break;
    }
    p += size;
  }
  return size_t(p - bytes.data());
}

std::string utf8_lossy(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  const char *p = bytes.data(), *end = p + bytes.size();
  while (p < end) {
    const size_t good = utf8_valid_prefix({p, size_t(end - p)});
    out.append(p, good);
    p += good;
    if (p == end) break;
    size_t bad = 1;
    bool open = false;
    character_at(p, end, bad, open);
    out += kReplacement;
    p += open ? size_t(end - p) : bad;
  }
  return out;
}

}  // namespace vitrine::text
