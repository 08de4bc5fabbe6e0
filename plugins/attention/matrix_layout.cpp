// SPDX-License-Identifier: Apache-2.0
#include "plugins/attention/matrix_layout.h"

#include <algorithm>
#include <cmath>

#include "views/theme.h"

namespace vitrine {
namespace {

constexpr double kSizes[] = {1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 22, 26, 30, 36};
constexpr double kSmallest = 1.0 / 64;

/// Cells of `size` that fit, and the pixels they get.
struct Extent {
  int64_t cells = 0;
  int pixels = 0;
};
Extent extent(double room, double size, int64_t cells) {
  if (room < 1 || cells < 1) return {};
  const int64_t shown = std::min<int64_t>(cells, int64_t(room / size));
  if (size >= 1) return {shown, int(shown)};
  return {shown, int(std::max<int64_t>(1, int64_t(double(shown) * size)))};
}

int64_t place(int64_t first, int64_t end, int64_t shown, int64_t wanted) {
  return std::clamp(wanted, first, std::max(first, end - shown));
}

}  // namespace

int MatrixLayout::row_at(int64_t position) const {
  if (position < region.row_from || position >= region.row_to) return -1;
  return int((position - region.row_from) * region.pixel_rows / (region.row_to - region.row_from));
}

int MatrixLayout::col_at(int64_t key) const {
  if (key < region.key_from || key >= region.key_to) return -1;
  return int((key - region.key_from) * region.pixel_cols / (region.key_to - region.key_from));
}

double next_cell_size(double cell, int by) {
  if (by > 0) {
    if (cell < 1) return std::min(1.0, cell * 2);
    for (const double size : kSizes)
      if (size > cell + 0.01) return size;
    return std::end(kSizes)[-1];
  }
  for (auto size = std::rbegin(kSizes); size != std::rend(kSizes); ++size)
    if (*size < cell - 0.01) return *size;
  return std::max(kSmallest, cell / 2);
}

double cell_size(const MatrixLayout& layout) {
  const int64_t rows = layout.region.row_to - layout.region.row_from;
  if (rows <= 0 || layout.region.pixel_rows <= 0) return 1;
  return layout.pixel * layout.region.pixel_rows / double(rows) / views::theme().scale();
}

MatrixLayout lay_out(const AttentionModel& model, const MatrixZoom& zoom, const QSizeF& size) {
  const views::Theme& t = views::theme();
  MatrixLayout out;
  out.links = model.settings().view == AttentionView::links;
  const bool wide = size.width() >= t.px(520);
  out.gutter = t.px(wide ? 104 : 78);
  out.top = out.links ? t.px(28) : t.px(size.height() >= t.px(420) ? 84 : 64);
  const double bars_height = t.px(size.height() >= t.px(420) ? 56 : 40);
  const bool with_bars = !out.links && size.height() >= t.px(220);  // in a low room the rows come first
  const double gap = t.px(5), below = with_bars ? t.px(18) + bars_height + t.px(10) : t.px(8);
  const double room_height = std::max(0.0, size.height() - out.top - below);
  const double automatic = std::clamp(std::round(room_height / t.scale() / 28), 15.0, 22.0);
  const int64_t first = model.first_row(), end = model.shown_rows(), first_key = model.first_key(), keys_end = model.shown_keys();
  double cell = (zoom.cell > 0 ? zoom.cell : automatic) * t.scale();
  if (out.links) cell = std::max(cell, double(t.px(18)));
  const int specials = int(model.sink()) + int(model.folded());
  const double room_width = size.width() - out.gutter - t.px(12) - specials * gap;
  if (zoom.fit && !out.links && end > first) {
    const double fits = std::min(room_height / double(end - first), room_width / double(std::max<int64_t>(1, keys_end - first_key + specials)));
    cell = std::min(fits >= 1 ? std::floor(fits) : fits, double(t.px(22)));
  }
  out.special = std::max(cell, double(t.px(8)));
  out.pixel = std::max(1.0, cell >= 6 ? std::round(cell) : cell);
  double x = out.gutter;
  if (model.sink() && !out.links) out.sink_left = x, x += out.special + gap;
  if (model.folded() && !out.links) out.prompt_left = x, x += out.special + gap;
  out.left = x;
  AttentionRegion& r = out.region;
  const double size_used = cell >= 1 ? out.pixel : cell;
  const double head = out.links ? specials * cell + (specials ? gap : 0) : 0;  // sink and prompt in the key column
  out.top += head;
  const Extent rows = extent(room_height - head, size_used, end - first);
  const double keys_room = out.links ? room_height - head : size.width() - x - t.px(12);
  const Extent keys = out.links && model.causal() ? rows : extent(keys_room, size_used, std::max<int64_t>(0, keys_end - first_key));
  const int64_t chosen = model.row();
  int64_t row = zoom.row, key = zoom.key;
  if (zoom.pinned) {
    const bool near = chosen >= end - rows.cells || chosen < first;
    row = near ? end - rows.cells : chosen - rows.cells * 2 / 3;
    key = near ? chosen - keys.cells + 3 : chosen - keys.cells * 3 / 4;
    if (!model.causal()) key = model.square() ? chosen - keys.cells / 2 : 0;
  }
  r.row_from = place(first, end, rows.cells, row);
  r.row_to = r.row_from + rows.cells;
  r.key_from = out.links && model.causal() ? r.row_from : place(first_key, keys_end, keys.cells, key);
  r.key_to = r.key_from + keys.cells;
  r.pixel_rows = rows.pixels;
  r.pixel_cols = keys.pixels;
  out.right = out.links ? size.width() - out.gutter : out.x_of(r.pixel_cols);
  out.bottom = out.y_of(r.pixel_rows);
  if (with_bars)
    out.bars = QRectF(out.gutter, size.height() - t.px(10) - bars_height, out.right - out.gutter, bars_height);
  return out;
}

MatrixHit hit(const MatrixLayout& l, const QPointF& at) {
  MatrixHit out;
  if (l.region.pixel_rows < 1) return out;
  const bool in_rows = at.y() >= l.top && at.y() < l.bottom;
  const bool in_bars = l.bars.contains(at);
  if (in_rows) out.row = int((at.y() - l.top) / l.pixel);
  if (l.links) {
    if (!in_rows) return {};
    out.label = true;
    if (at.x() > l.right) {
      out.column = MatrixHit::Column::key;
      out.col = out.row;
      out.row = -1;
    } else if (at.x() > l.gutter) {
      return {};
    }
    return out;
  }
  if (at.x() < l.gutter) {
    out.label = in_rows;
    return out;
  }
  if (!in_rows && !in_bars && at.y() >= l.top) return {};
  out.label = !in_rows && !in_bars;
  const auto within = [&](double left, double width) { return left >= 0 && at.x() >= left && at.x() < left + width; };
  if (within(l.sink_left, l.special)) out.column = MatrixHit::Column::sink;
  if (within(l.prompt_left, l.special)) out.column = MatrixHit::Column::prompt;
  if (at.x() >= l.left && at.x() < l.right) {
    out.column = MatrixHit::Column::key;
    out.col = int((at.x() - l.left) / l.pixel);
  }
  return out.column == MatrixHit::Column::none ? MatrixHit{} : out;
}

}  // namespace vitrine
