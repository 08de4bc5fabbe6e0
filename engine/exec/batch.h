// SPDX-License-Identifier: Apache-2.0
// One step's input: rows of one or several token sequences (lanes), run through the model together.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/exec/taps.h"

namespace vitrine {

class SeqState;

/// Rows [first_row, first_row + rows) belong to one sequence. state null: nothing is cached (encoders, scoring, training).
struct Segment {
  SeqState* state = nullptr;
  int first_row = 0, rows = 0;
  int64_t first_position = 0;        // token position of the first row; the others follow
  const TapPlan* taps = nullptr;
  int left_padding = 0;              // padded tokens that stood before the first one: layers with a convolution feel their bias there
};

struct Batch {
  std::vector<int32_t> ids;          // [rows]
  std::vector<int32_t> token_types;  // [rows] or empty
  std::vector<Segment> segments;
  std::vector<int32_t> logit_rows;   // rows whose logits are wanted
  int64_t frequency_length = 0;      // dynamic NTK and LongRoPE: the length all sequences take their frequencies from; 0: each its own
  bool hidden_only = false;          // stop after the last layer: no final norm, no head

  int rows() const noexcept { return int(ids.size()); }
};

/// hidden [rows, dim]: after the final norm where the model has one. normed [logit rows, dim]: what the head was applied to.
struct Output {
  Tensor hidden;
  Tensor normed;
  Tensor logits;                     // [logit rows, vocab]; undefined without logit_rows or head
  Tensor pooled;                     // [segments, pooler dim]; BERT
};

}  // namespace vitrine
