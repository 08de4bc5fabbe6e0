// SPDX-License-Identifier: Apache-2.0
// How a prepared block-format weight lies in memory: panels of 16 rows, cut into records of 32 columns.
// Records lie in groups of 1 to 8: the codes of all, their scales, the halves that 8 (256 columns) share; groups fill
// whole cache lines, and a panel is one stream of them through memory (padded to whole groups). The same bytes serve
// one token (streamed once) and many (unpacked once for all of them). Plain header: kernels include it.
//
// Codes: 8 vectors of 64 bytes; byte 4 r + i of vector v is the code of row r, column 4 v + i. Planes hold them as
//   nibble: low nibbles of 4 vectors are v = 0..3, high nibbles v = 4..7; bit: bit v of one vector; pair: bits 2 (v /
//   2) of vector v % 2; byte: as they are.
#pragma once

#include <cstdint>

namespace vitrine::cpu {

constexpr int kPanelRows = 16, kRecordColumns = 32, kRecordCodes = kPanelRows * kRecordColumns;

enum class Codes : uint8_t { nibble, nibble_bit, nibble_pair, byte, pair, pair_bit, nibble_iq4, nibble_fp4 };
/// half: d. half_min: d, m. k_min: 6-bit scale and minimum per record, d and dmin shared. k_halves: signed scale per 16
/// columns, d shared. k_halves_min: 4-bit scale and minimum per 16 columns, d and dmin shared. k_signed: signed scale
/// per record, d shared. exponent: a power of two.
enum class Scales : uint8_t { half, half_min, k_min, k_halves, k_halves_min, k_signed, exponent };
/// What the arithmetic sees: value = d (code - zero) [+ m], d and m for 32 or (halves) for 16 columns.
enum class RecordKind : uint8_t { scaled, scaled_min, halves, halves_min };

enum class RecordFormat : uint8_t {
#define VT_RECORD(id, codes, scales, zero) id,
#include "engine/backend/cpu/records.def"
#undef VT_RECORD
};

static constexpr int code_bytes(Codes codes) {
  switch (codes) {
    case Codes::nibble_bit:
      return 320;
    case Codes::nibble_pair:
      return 384;
    case Codes::byte:
      return 512;
    case Codes::pair:
      return 128;
    case Codes::pair_bit:
      return 192;
    default:
      return 256;
  }
}
static constexpr int scale_bytes(Scales scales) {
  return scales == Scales::half_min ? 64 : scales == Scales::k_signed || scales == Scales::exponent ? 16 : 32;
}
static constexpr int shared_bytes(Scales scales) {
  switch (scales) {
    case Scales::k_min:
    case Scales::k_halves_min:
      return 64;
    case Scales::k_halves:
    case Scales::k_signed:
      return 32;
    default:
      return 0;
  }
}
static constexpr RecordKind kind_of(Scales scales) {
  switch (scales) {
    case Scales::half_min:
    case Scales::k_min:
      return RecordKind::scaled_min;
    case Scales::k_halves:
      return RecordKind::halves;
    case Scales::k_halves_min:
      return RecordKind::halves_min;
    default:
      return RecordKind::scaled;
  }
}

struct RecordInfo {
  Codes codes;
  Scales scales;
  int zero;  // the code that stands for 0: 0 or a power of two
};
constexpr RecordInfo kRecordInfos[] = {
#define VT_RECORD(id, codes, scales, zero) {Codes::codes, Scales::scales, zero},
#include "engine/backend/cpu/records.def"
#undef VT_RECORD
};
static constexpr RecordInfo record_info(RecordFormat format) { return kRecordInfos[int(format)]; }

static constexpr int group_records(RecordInfo f) {
  if (shared_bytes(f.scales)) return 8;
  return 64 / scale_bytes(f.scales);
}
static constexpr int group_bytes(RecordInfo f) {
  const int own = group_records(f) * (code_bytes(f.codes) + scale_bytes(f.scales));
  return (own + shared_bytes(f.scales) + 63) / 64 * 64;
}
static constexpr int64_t panel_bytes(RecordInfo f, int64_t records) {
  return (records + group_records(f) - 1) / group_records(f) * group_bytes(f);
}
/// Byte offsets in a panel of what belongs to record `b`.
static constexpr int64_t codes_at(RecordInfo f, int64_t b) {
  return b / group_records(f) * group_bytes(f) + b % group_records(f) * code_bytes(f.codes);
}
static constexpr int64_t scales_at(RecordInfo f, int64_t b) {
  return b / group_records(f) * group_bytes(f) + group_records(f) * code_bytes(f.codes) +
         b % group_records(f) * scale_bytes(f.scales);
}
static constexpr int64_t shared_at(RecordInfo f, int64_t b) {
  return b / group_records(f) * group_bytes(f) + group_records(f) * (code_bytes(f.codes) + scale_bytes(f.scales));
}

/// Levels of the 4-bit tables, plus 128.
constexpr uint8_t kIq4Codes[16] = {1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241};
constexpr uint8_t kFp4Codes[16] = {128, 129, 130, 131, 132, 134, 136, 140, 128, 127, 126, 125, 124, 122, 120, 116};

// --- quantized activations: 32 columns of `width` tokens
// int8 codes [width][32]; then, each [width]: scale d; -128 sum, -128 sum of columns 0..15, of 16..31 (i32);
// d sum, d sum of 0..15, of 16..31. Sums are of the codes.
constexpr int kTileTokens = 16;
static constexpr int64_t activation_bytes(int width) { return width == 1 ? 64 : 60 * width; }
enum class ActivationField { scale, start, start_low, start_high, sum, sum_low, sum_high };
static constexpr int64_t activation_field(ActivationField field, int width) {
  return 32 * width + 4 * width * int(field);
}

// --- an unpacked record: 512 codes (zero moved to 128 where the format has one), then d, d of columns 16..31, m, m
// of 16..31
constexpr int kUnpackedBytes = kRecordCodes + 4 * 4 * kPanelRows;

}  // namespace vitrine::cpu
