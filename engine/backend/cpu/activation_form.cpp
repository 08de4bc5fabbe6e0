// SPDX-License-Identifier: Apache-2.0
#include "engine/backend/cpu/activation_form.h"

#include <algorithm>
#include <cstring>

namespace vitrine::cpu {

namespace {

constexpr int64_t kTiledFrom = 4;  // quantized tokens from which unpacking a panel for all of them pays

/// Four rows to columns of `width`, four by four.
void turn_four(const float* from, int64_t step, int64_t columns, int width, float* to) noexcept {
  typedef float Four __attribute__((vector_size(16), aligned(4), may_alias));
  const auto four = [from](int64_t at) { return *reinterpret_cast<const Four*>(from + at); };
  const auto put = [](float* p, Four value) { *reinterpret_cast<Four*>(p) = value; };
  int64_t c = 0;
  for (; c + 4 <= columns; c += 4, to += 4 * width) {
    const Four a = four(c), b = four(step + c), d = four(2 * step + c), e = four(3 * step + c);
    const Four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), de = __builtin_shufflevector(d, e, 0, 4, 1, 5);
    const Four ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7), de2 = __builtin_shufflevector(d, e, 2, 6, 3, 7);
    put(to, __builtin_shufflevector(ab, de, 0, 1, 4, 5));
    put(to + width, __builtin_shufflevector(ab, de, 2, 3, 6, 7));
    put(to + 2 * width, __builtin_shufflevector(ab2, de2, 0, 1, 4, 5));
    put(to + 3 * width, __builtin_shufflevector(ab2, de2, 2, 3, 6, 7));
  }
  for (; c < columns; ++c, to += width)
    for (int t = 0; t < 4; ++t) to[t] = from[t * step + c];
}

int width_of(Arithmetic arithmetic, int64_t rows, const MatmulKernels& kernels) noexcept {
  switch (arithmetic) {
    case Arithmetic::integer:
      return rows < kTiledFrom ? 1 : kTileTokens;
    case Arithmetic::bf16:
      return rows > 1 ? kernels.bf16->tile_tokens : 1;
    case Arithmetic::f32:
      break;
  }
  return rows > 1 ? kFloatTileTokens : 1;
}

}  // namespace

Arithmetic arithmetic_of(const MatmulKernels& kernels, const Weight& w, Precision precision) noexcept {
  if (precision != Precision::fast) return Arithmetic::f32;
  if (w.records()) return Arithmetic::integer;
  return w.plain() && kernels.bf16 && bf16_fits(w.columns()) ? Arithmetic::bf16 : Arithmetic::f32;
}

ActivationForm::ActivationForm(const float* values, int64_t step, int64_t row_count, int64_t column_count,
                               Arithmetic used, const MatmulKernels& kernels)
    : x(values),
      x_step(step),
      rows(row_count),
      columns(column_count),
      arithmetic(used),
      width(width_of(used, row_count, kernels)) {}

bool ActivationForm::same(const ActivationForm& other) const noexcept {
  return x == other.x && x_step == other.x_step && rows == other.rows && columns == other.columns &&
         arithmetic == other.arithmetic;
}

int64_t ActivationForm::tile_bytes() const noexcept {
  switch (arithmetic) {
    case Arithmetic::integer:
      return columns / kRecordColumns * activation_bytes(width);
    case Arithmetic::bf16:
      return columns * width * int64_t(sizeof(uint16_t));
    case Arithmetic::f32:
      break;
  }
  return columns * width * int64_t(sizeof(float));
}

void ActivationForm::make_tile(const MatmulKernels& kernels, int64_t index) const noexcept {
  if (as_it_is()) return;
  std::byte* out = data + index * tile_bytes();
  const int valid = int(std::min<int64_t>(width, rows - index * width));
  const float* from = x + index * width * x_step;
  if (arithmetic == Arithmetic::bf16)
    return kernels.bf16->tokens(from, x_step, valid, columns, width, reinterpret_cast<uint16_t*>(out));
  if (valid < width) std::memset(out, 0, size_t(tile_bytes()));  // the kernels read whole tiles
  if (integer()) {
    for (int t = 0; t < valid; ++t)
      kernels.quantize(from + t * x_step, columns / kRecordColumns, reinterpret_cast<uint8_t*>(out), width, t);
    return;
  }
  auto* to = reinterpret_cast<float*>(out);
  int t = 0;
  for (; t + 4 <= valid; t += 4) turn_four(from + t * x_step, x_step, columns, width, to + t);
  for (; t < valid; ++t)
    for (int64_t c = 0; c < columns; ++c) to[c * width + t] = from[t * x_step + c];
}

}  // namespace vitrine::cpu
