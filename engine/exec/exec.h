// SPDX-License-Identifier: Apache-2.0
// The context of a forward pass. All that differs between plain inference, tracing and patching travels here, so model code does not differ.
#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/exec/batch.h"
#include "engine/exec/tape.h"

namespace vitrine {

/// A watched site of one segment, reduced, still on the device.
struct Captured {
  int segment = 0, watch = 0;
  Address at = {};
  std::vector<int64_t> positions;    // token position of each row that is left
  Tensor values, ids;                // ids: TopK only
  bool gradient = false;             // of the loss by what stood there, from Watch::grad
};

/// What the streaming attention kernel knows of each row besides its output; undefined: not asked for.
struct RowStatistics {
  Tensor max_prob, entropy, lse;     // [rows, heads]
  Tensor top_values, top_ids;        // [rows, heads, k]
};

class Exec {
 public:
  using Sink = std::function<void(Captured)>;

  explicit Exec(Backend& backend, Precision precision = Precision::fast, std::stop_token stop = {}, Sink sink = {})
      : backend_(backend), precision_(precision), stop_(std::move(stop)), sink_(std::move(sink)) {}

  Backend& backend() const noexcept { return backend_; }
  Precision precision() const noexcept { return precision_; }
  Tensor alloc(Shape shape, DType dtype = DType::f32) {
    Tensor t = backend_.alloc(shape, dtype);
    if (tape_) [[unlikely]] tape_->made(t);
    return t;
  }
  /// Where ops leave what the backward pass needs; null: inference. The tape must outlive this context's forward passes, and the plans of
  /// their segments its backward pass.
  Tape* tape() const noexcept { return tape_; }
  void set_tape(Tape* tape) noexcept { tape_ = tape; }
  Tensor upload_i32(const std::vector<int32_t>& values);
  Tensor upload_f32(const std::vector<float>& values, Shape shape);

  /// Starts a step: the masks of all segments' plans are joined once.
  void begin(const Batch& batch, const SiteCatalog& catalog);

  /// Makes a layer current: its mask is loaded. Throws Error cancelled when a stop was asked for.
  void enter_layer(int stack, int layer);
  /// Sites outside layers (embed, final_norm, logits).
  void leave_layers(int stack);

  bool wants(Site s) const noexcept { return mask_.has(s); }
  /// t's first axis is the rows of the step. May replace t when an edit applies.
  void tap(Site s, Tensor& t) {
    if (wants(s)) [[unlikely]] hit(s, t);
  }
  bool segment_wants(int segment, Site s) const noexcept;
  /// True when some watch of this site changes it, not only looks.
  bool edits(Site s) const noexcept;
  /// True when there is a tape and some watch of this site wants the gradient there.
  bool wants_gradient(Site s) const noexcept;
  /// Applies the edits of a site to one row of a segment, t [1, ...], where rows are made one after the other. True when there were any.
  bool edit_row(Site s, int segment, int64_t position, Tensor& t);
  /// Delivers t to those who look, without edits; and its gradient, once what is pushed to the tape from here on has run.
  void show_value(Site s, const Tensor& t);
  void show_gradient(Site s, const Tensor& t);
  /// t belongs to one segment: [heads, rows, keys].
  void tap_segment(Site s, int segment, Tensor& t);

  /// Of the current layer: does some watch of attn_probs want the rows' summaries, and how long a list of largest keys.
  bool wants_row_summary() const noexcept;
  int wants_row_top() const noexcept;
  /// True when the segment's scores or probabilities are watched or edited in a way that needs all of them.
  bool wants_open_attention(int segment) const noexcept;
  /// Delivers what those watches asked for.
  void tap_rows(const RowStatistics& rows);

 private:
  /// Visits the segment's watches of attn_probs in this layer that the streaming kernel answers: visit(watch index).
  template <class Visit>
  void each_streamed(const Segment& segment, Visit&& visit) const;
  bool streams(const Segment& segment, const Watch& watch) const noexcept;
  void capture_rows(const RowStatistics& rows, int segment, int watch);
  Captured captured_at(Site s, int segment, int watch, std::vector<int64_t> positions) const;
  void hit(Site s, Tensor& t);
  /// Visits the rows of t that belong to each segment with watches here: visit(segment, watch, rows of t, positions).
  template <class Visit>
  void each_watch(Site s, const Tensor& t, Visit&& visit);
  /// A copy with its way back.
  Tensor copied(const Tensor& t);
  void apply(const Watch& watch, Tensor& t, int64_t first_row, const std::vector<int64_t>& positions, bool per_head_first);
  void capture(Site s, int segment, int watch, Tensor view, const std::vector<int64_t>& positions, bool per_head_first);
  void capture_gradient(Site s, int segment, int watch, Tensor view, const std::vector<int64_t>& positions, bool per_head_first);

  Backend& backend_;
  Precision precision_;
  std::stop_token stop_;
  Sink sink_;
  Tape* tape_ = nullptr;
  const Batch* batch_ = nullptr;
  std::vector<std::vector<SiteMask>> masks_;
  SiteMask mask_;
  int stack_ = 0, layer_ = kAllLayers;
};

}  // namespace vitrine
