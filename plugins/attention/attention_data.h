// SPDX-License-Identifier: Apache-2.0
// Values of the attention panel: what the user has set, parts of the matrix and their numbers, questions to the engine, thumbnails.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/run/command.h"
#include "plugins/attention/head_rows.h"

namespace vitrine {

enum class AttentionView : uint8_t { matrix, links, mean };

struct AttentionSettings {
  AttentionView view = AttentionView::matrix;
  bool logarithmic = true;
  bool sink = true;          // the first token has its column
  bool follow = true;        // new tokens appear while the answer is written
  bool unfolded = false;     // the prompt token by token, rows and columns
  bool mean_pixels = false;  // a pixel over many cells: their mean instead of their maximum
  bool all_layers = false;   // heads of every layer, not of the five around the selected one
  Inspect::Attention of = Inspect::Attention::self;  // encoder-decoders: whose
};

/// A part of the matrix and how many pixels it gets; as many pixels as cells: one a cell.
struct AttentionRegion {
  int64_t row_from = 0, row_to = 0, key_from = 0, key_to = 0;
  int pixel_rows = 0, pixel_cols = 0;
  bool operator==(const AttentionRegion&) const = default;
  bool empty() const noexcept { return row_to <= row_from || key_to <= key_from || pixel_rows < 1 || pixel_cols < 1; }
};

/// First and last + 1 cell that pixel i of `pixels` covers in [from, to); at least one.
std::pair<int64_t, int64_t> cells_of_pixel(int64_t i, int64_t pixels, int64_t from, int64_t to) noexcept;

/// A region as numbers. NaN: cannot be (causal mask, sliding window); -1: not known yet.
struct AttentionPixels {
  AttentionRegion region;
  std::vector<float> values;        // [pixel_rows, pixel_cols]
  std::vector<float> sink, prompt;  // one a pixel row; empty when the column is not shown. prompt: sum over its keys
  bool pooled = false;              // a pixel covers more than one cell
};

struct AttentionQuestion {
  enum class Kind : uint8_t { rows, tile, sink, prompt, row, heads } kind = Kind::rows;
  Inspect ask;
  std::string tag;  // a queued question of the same tag is replaced
  AttentionSource source;
  bool recomputes = false;  // the lane comes from a session or kept nothing: its layers are run again
};

/// Thumbnails of heads.
struct HeadPictures {
  LaneId lane = 0;
  int layer_from = 0, layer_to = 0, heads = 0, pixels = 0;
  int64_t from = 0, to = 0;   // rows
  int64_t key_from = 0, key_to = 0;
  Inspect::Attention of = Inspect::Attention::self;
  std::vector<float> values;  // [layers, heads, pixels, pixels]
  int64_t version = 0;        // of the values; 0: none
  std::span<const float> head(int layer, int head) const noexcept;
};

}  // namespace vitrine
