// SPDX-License-Identifier: Apache-2.0
// Where the parts of the attention matrix are: row labels, column labels, sink, folded prompt, plain keys, the bars of
// one row below. Nothing moves when tokens arrive: the matrix only grows downwards and to the right, then scrolls.
#pragma once

#include <QPointF>
#include <QRectF>

#include "plugins/attention/attention_model.h"
#include "plugins/attention/scene.h"

namespace vitrine {

struct MatrixZoom {
  double cell = 0;           // logical pixels a cell; 0: chosen by the room
  bool fit = false;          // everything at once
  bool pinned = true;        // shows the newest rows, as far as the selected row stays in view
  int64_t row = 0, key = 0;  // first shown when not pinned
};

struct MatrixLayout {
  double gutter = 0, top = 0;  // room for labels
  double pixel = 0;            // logical pixels of a picture pixel: the cell size, or 1 when cells are smaller
  double left = 0;             // of the plain keys
  double sink_left = -1, prompt_left = -1, special = 0;
  double right = 0, bottom = 0;  // of the cells
  QRectF bars;                   // the chosen row as bars; empty in the links view
  AttentionRegion region;
  bool links = false;

  double y_of(int pixel_row) const { return top + pixel_row * pixel; }
  double x_of(int pixel_col) const { return left + pixel_col * pixel; }
  /// Pixel row of a position, -1: not shown.
  int row_at(int64_t position) const;
  int col_at(int64_t key) const;
};

/// The next size up (by > 0) or down of a cell.
double next_cell_size(double cell, int by);
/// The size of a cell that this layout stands for.
double cell_size(const MatrixLayout& layout);

MatrixLayout lay_out(const AttentionModel& model, const MatrixZoom& zoom, const QSizeF& size);

/// What is under a point.
struct MatrixHit {
  enum class Column : uint8_t { none, sink, prompt, key } column = Column::none;
  int row = -1, col = -1;  // pixels
  bool label = false;      // on a label: the other index is -1
  bool operator==(const MatrixHit&) const = default;
};
MatrixHit hit(const MatrixLayout& layout, const QPointF& at);

/// The cursor's key: 0 the sink, 1 when the prompt is folded: the prompt; -1: none.
struct MatrixMarks {
  int64_t key = -1;
  MatrixHit hovered = {};
  bool focus = false;
};

Scene matrix_scene(const AttentionModel& model, const MatrixLayout& layout, const AttentionPixels& pixels,
                   const MatrixMarks& marks);
Scene links_scene(const AttentionModel& model, const MatrixLayout& layout, const MatrixMarks& marks);

/// The colour of a weight, and what the links view leaves out.
QRgb weight_color(float weight, bool logarithmic);
inline constexpr double kLowestWeight = 0.001;
inline constexpr float kLowestLink = 0.01f;

}  // namespace vitrine
