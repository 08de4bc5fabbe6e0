// SPDX-License-Identifier: Apache-2.0
// Packs weights into panels of 16 rows (records.h); block layouts as in ggml (ggml-quants.c, ggml-common.h).
#include <algorithm>
#include <atomic>
#include <cstring>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/weights.h"

namespace vitrine::cpu {
namespace {

uint32_t word(const uint8_t* p) { return uint32_t(p[0] | p[1] << 8); }

/// Where one row's share of a record goes.
struct RecordPlace {
  uint8_t *codes, *own, *shared;  // of the record, of its scales, of its group of eight
  int row;

  void put_half(int which, const uint8_t* from) const { std::memcpy(own + 32 * which + 2 * row, from, 2); }
  void put_shared(int which, const uint8_t* from) const { std::memcpy(shared + 32 * which + 2 * row, from, 2); }
  void put_byte(int which, int value) const { own[16 * which + row] = uint8_t(value); }
};

template <Codes codes>
void put_codes(const uint8_t code[32], const RecordPlace& to) {
  for (int c = 0; c < 32; ++c) {
    const int v = c / 4, at = 4 * to.row + c % 4;
    const auto pair = [&](uint8_t* plane, int bits) { plane[64 * (v % 2) + at] |= uint8_t(bits << 2 * (v / 2)); };
    const auto bit = [&](uint8_t* plane, int value) { plane[at] |= uint8_t(value << v); };
    if constexpr (codes == Codes::byte) {
      to.codes[64 * v + at] = code[c];
    } else if constexpr (codes == Codes::pair || codes == Codes::pair_bit) {
      pair(to.codes, code[c] & 3);
      if constexpr (codes == Codes::pair_bit) bit(to.codes + 128, code[c] >> 2);
    } else {
      to.codes[64 * (v % 4) + at] |= uint8_t((code[c] & 15) << (v < 4 ? 0 : 4));
      if constexpr (codes == Codes::nibble_bit) bit(to.codes + 256, code[c] >> 4);
      if constexpr (codes == Codes::nibble_pair) pair(to.codes + 256, code[c] >> 4);
    }
  }
}

void nibbles(const uint8_t* p, uint8_t code[32]) {
  for (int i = 0; i < 16; ++i) code[i] = p[i] & 15, code[i + 16] = p[i] >> 4;
}
void add_bits(const uint8_t* p, uint8_t code[32]) {  // 32 bits, bit i belongs to code i
  for (int i = 0; i < 32; ++i) code[i] |= uint8_t((p[i / 8] >> i % 8 & 1) << 4);
}
/// Q4_K, Q5_K: 6-bit scale and minimum of sub-block b in 12 bytes.
void k_scale_min(const uint8_t* q, int b, const RecordPlace& to) {
  to.put_byte(0, b < 4 ? q[b] & 63 : (q[b + 4] & 15) | (q[b - 4] >> 6) << 4);
  to.put_byte(1, b < 4 ? q[b + 4] & 63 : q[b + 4] >> 4 | (q[b] >> 6) << 4);
}
int q3_scale(const uint8_t* q, int i) {
  return ((q[i % 8] >> 4 * (i / 8) & 15) | (q[8 + i % 4] >> 2 * (i / 4) & 3) << 4) - 32;
}

/// Codes and scales of sub-block b (0..7 for formats of 256 columns, 0 for 32) of one stored block.
template <RecordFormat format>
void read_block(const uint8_t* p, int b, uint8_t code[32], const RecordPlace& to) {
  using F = RecordFormat;
  const int half = b / 4, quarter = b % 4;
  if constexpr (format == F::q4_0 || format == F::iq4_nl) {
    to.put_half(0, p), nibbles(p + 2, code);
  } else if constexpr (format == F::q4_1) {
    to.put_half(0, p), to.put_half(1, p + 2), nibbles(p + 4, code);
  } else if constexpr (format == F::q5_0) {
    to.put_half(0, p), nibbles(p + 6, code), add_bits(p + 2, code);
  } else if constexpr (format == F::q5_1) {
    to.put_half(0, p), to.put_half(1, p + 2), nibbles(p + 8, code), add_bits(p + 4, code);
  } else if constexpr (format == F::q8_0) {
    to.put_half(0, p);
    for (int i = 0; i < 32; ++i) code[i] = uint8_t(p[2 + i] ^ 0x80);
  } else if constexpr (format == F::mxfp4) {
    to.put_byte(0, p[0]), nibbles(p + 1, code);
  } else if constexpr (format == F::q2_k) {
    for (int i = 0; i < 32; ++i) code[i] = p[16 + 32 * half + i] >> 2 * quarter & 3;
    to.put_byte(0, p[2 * b]), to.put_byte(1, p[2 * b + 1]), to.put_shared(0, p + 80), to.put_shared(1, p + 82);
  } else if constexpr (format == F::q3_k) {
    for (int i = 0; i < 32; ++i) code[i] = uint8_t((p[32 + 32 * half + i] >> 2 * quarter & 3) | (p[i] >> b & 1) << 2);
    to.put_byte(0, q3_scale(p + 96, 2 * b)), to.put_byte(1, q3_scale(p + 96, 2 * b + 1)), to.put_shared(0, p + 108);
  } else if constexpr (format == F::q4_k || format == F::q5_k) {
    const uint8_t* low = p + (format == F::q4_k ? 16 : 48) + 32 * (b / 2);
    for (int i = 0; i < 32; ++i) code[i] = low[i] >> 4 * (b % 2) & 15;
    if constexpr (format == F::q5_k)
      for (int i = 0; i < 32; ++i) code[i] |= uint8_t((p[16 + i] >> b & 1) << 4);
    k_scale_min(p + 4, b, to), to.put_shared(0, p), to.put_shared(1, p + 2);
  } else if constexpr (format == F::q6_k) {
    const uint8_t *low = p + 64 * half + 32 * (quarter % 2), *high = p + 128 + 32 * half;
    for (int i = 0; i < 32; ++i)
      code[i] = uint8_t((low[i] >> 4 * (quarter / 2) & 15) | (high[i] >> 2 * quarter & 3) << 4);
    to.put_byte(0, p[192 + 2 * b]), to.put_byte(1, p[193 + 2 * b]), to.put_shared(0, p + 208);
  } else {
    static_assert(format == F::iq4_xs);
    nibbles(p + 8 + 16 * b, code);
    to.put_byte(0, ((p[4 + b / 2] >> 4 * (b % 2) & 15) | (word(p + 2) >> 2 * b & 3) << 4) - 32), to.put_shared(0, p);
  }
}

template <RecordFormat format>
void pack_rows(const uint8_t* rows, int64_t row_bytes, int valid, int64_t columns, uint8_t* panel) {
  constexpr RecordInfo f = record_info(format);
  const int64_t records = columns / kRecordColumns, per_block = shared_bytes(f.scales) ? 8 : 1;
  const int64_t block_bytes = row_bytes / (records / per_block);
  for (int r = 0; r < valid; ++r)
    for (int64_t b = 0; b < records; ++b) {
      const RecordPlace to{panel + codes_at(f, b), panel + scales_at(f, b), panel + shared_at(f, b), r};
      uint8_t code[32] = {};
      read_block<format>(rows + r * row_bytes + b / per_block * block_bytes, int(b % per_block), code, to);
      put_codes<f.codes>(code, to);
    }
}

template <class Element>
void transpose(const uint8_t* rows, int64_t row_bytes, int valid, int64_t columns, uint8_t* panel) {
  Element value{};
  for (int r = 0; r < valid; ++r)
    for (int64_t c = 0; c < columns; ++c) {
      std::memcpy(&value, rows + r * row_bytes + c * int64_t(sizeof value), sizeof value);
      std::memcpy(panel + (c * kPanelRows + r) * int64_t(sizeof value), &value, sizeof value);
    }
}

}  // namespace

void pack_record_panel(RecordFormat format, const uint8_t* rows, int64_t row_bytes, int valid, int64_t columns,
                       uint8_t* panel) noexcept {
  std::memset(panel, 0, size_t(panel_bytes(record_info(format), columns / kRecordColumns)));
  switch (format) {
#define VT_RECORD(id, codes, scales, zero) \
  case RecordFormat::id:                   \
    return pack_rows<RecordFormat::id>(rows, row_bytes, valid, columns, panel);
#include "engine/backend/cpu/records.def"
#undef VT_RECORD
  }
}

void pack_plain_panel(PlainType type, const uint8_t* rows, int64_t row_bytes, int valid, int64_t columns,
                      uint8_t* panel) noexcept {
  const int64_t bytes = kPanelRows * columns * (type == PlainType::f32 ? 4 : 2);
  if (valid < kPanelRows) std::memset(panel, 0, size_t(bytes));
  if (type == PlainType::f32)
    transpose<uint32_t>(rows, row_bytes, valid, columns, panel);
  else
    transpose<uint16_t>(rows, row_bytes, valid, columns, panel);
}

Tensor CpuBackend::prepare(const Tensor& w) {
  VT_CHECK(w.defined(), "prepare of no tensor");
  const std::optional<RecordFormat> records = record_format(w.dtype());
  const std::optional<PlainType> plain = plain_type(w.dtype());
  if (w.packed() || w.rank() != 2 || w.numel() == 0 || !w.contiguous() || (!records && !plain)) return w;
  const int64_t rows = w.size(0), columns = w.size(1), panels = (rows + kPanelRows - 1) / kPanelRows;
  const int64_t bytes = packed_panel_bytes(w.dtype(), columns), row_bytes = dtype_bytes(w.dtype(), columns);
  std::shared_ptr<Storage> storage = allocator_->allocate_lasting(size_t(panels * bytes));
  const auto* from = reinterpret_cast<const uint8_t*>(w.storage()->data + w.byte_offset());
  auto* to = reinterpret_cast<uint8_t*>(storage->data);
  std::atomic<int64_t> next{0};
  pool_.run([&](int) {
    for (int64_t p; (p = next.fetch_add(1, std::memory_order_relaxed)) < panels;) {
      const int valid = int(std::min<int64_t>(kPanelRows, rows - p * kPanelRows));
      const uint8_t* source = from + p * kPanelRows * row_bytes;
      if (records)
        pack_record_panel(*records, source, row_bytes, valid, columns, to + p * bytes);
      else
        pack_plain_panel(*plain, source, row_bytes, valid, columns, to + p * bytes);
    }
  });
  storage->layout = Storage::Layout::packed;
  return Tensor(std::move(storage), w.shape(), w.dtype());
}

}  // namespace vitrine::cpu
