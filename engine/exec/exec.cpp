// SPDX-License-Identifier: Apache-2.0
// Where a tap meets a tensor: which rows of which segment, edits first, then selection, reduction and delivery.
#include "engine/exec/exec.h"

#include <algorithm>

#include "engine/exec/edits.h"
#include "engine/exec/select.h"

namespace vitrine {

Tensor Exec::upload_i32(const std::vector<int32_t>& values) {
  return backend_.upload(std::as_bytes(std::span(values)), {int64_t(values.size())}, DType::i32);
}

Tensor Exec::upload_f32(const std::vector<float>& values, Shape shape) {
  return backend_.upload(std::as_bytes(std::span(values)), shape, DType::f32);
}

void Exec::begin(const Batch& batch, const SiteCatalog& catalog) {
  batch_ = &batch;
  mask_ = {};
  masks_.clear();
  for (size_t stack = 0; stack < catalog.stacks.size(); ++stack) {
    masks_.emplace_back(catalog.stacks[stack].size());
    for (const Segment& segment : batch.segments) {
      if (!segment.taps) continue;
      for (size_t layer = 0; layer < masks_[stack].size(); ++layer)
        for (int word = 0; word < kSiteWords; ++word)
          masks_[stack][layer].words[size_t(word)] |= segment.taps->mask(int(stack), int(layer)).words[size_t(word)];
    }
  }
}

void Exec::enter_layer(int stack, int layer) {
  if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped");
  stack_ = stack;
  layer_ = layer;
  mask_ = masks_[size_t(stack)][size_t(layer)];
}

void Exec::leave_layers(int stack) {
  if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped");
  stack_ = stack;
  layer_ = int(masks_[size_t(stack)].size()) - 1;
  mask_ = masks_[size_t(stack)].back();
}

bool Exec::segment_wants(int segment, Site s) const noexcept {
  const TapPlan* plan = batch_->segments[size_t(segment)].taps;
  return plan && plan->mask(stack_, layer_).has(s);
}

bool Exec::edits(Site s) const noexcept {
  for (const Segment& segment : batch_->segments) {
    if (!segment.taps) continue;
    for (int watch : segment.taps->at(stack_, layer_, s))
      if (!segment.taps->watches()[size_t(watch)].edits.empty()) return true;
  }
  return false;
}

bool Exec::wants_gradient(Site s) const noexcept {
  if (!tape_) return false;
  for (const Segment& segment : batch_->segments) {
    if (!segment.taps) continue;
    for (int watch : segment.taps->at(stack_, layer_, s))
      if (segment.taps->watches()[size_t(watch)].grad) return true;
  }
  return false;
}

/// The rows of `segment` in a tensor whose first axis is the step's rows (or its logit rows), and their token positions.
static std::pair<int64_t, std::vector<int64_t>> rows_of_segment(const Batch& batch, const Segment& segment, Site s) {
  std::vector<int64_t> positions;
  if (s != Site::logits) {
    for (int row = 0; row < segment.rows; ++row) positions.push_back(segment.first_position + row);
    return {segment.first_row, positions};
  }
  int64_t first = -1;
  for (size_t i = 0; i < batch.logit_rows.size(); ++i) {
    const int row = batch.logit_rows[i] - segment.first_row;
    if (row < 0 || row >= segment.rows) continue;
    if (first < 0) first = int64_t(i);
    positions.push_back(segment.first_position + row);
  }
  return {first, positions};
}

void Exec::hit(Site s, Tensor& t) {
  for (size_t index = 0; index < batch_->segments.size(); ++index) {
    const Segment& segment = batch_->segments[index];
    if (!segment_wants(int(index), s)) continue;
    const auto [first, positions] = rows_of_segment(*batch_, segment, s);
    for (int watch : segment.taps->at(stack_, layer_, s))
      if (!positions.empty()) apply(segment.taps->watches()[size_t(watch)], t, first, positions, false);
  }
  show_value(s, t);
  if (!wants_gradient(s)) return;
  t = copied(t);                     // what else reads the old one has no part in the gradient of this site
  show_gradient(s, t);
}

Tensor Exec::copied(const Tensor& t) {
  Tensor copy = alloc(t.shape(), t.dtype());
  backend_.copy(t, copy);
  if (tape_)
    tape_->push([t, copy](Tape& tape) {
      if (const Tensor d = tape.reached(copy); d.defined()) tape.kernels().accumulate(d, 1, tape.grad(t));
    });
  return copy;
}

template <class Visit>
void Exec::each_watch(Site s, const Tensor& t, Visit&& visit) {
  for (size_t index = 0; index < batch_->segments.size(); ++index) {
    const Segment& segment = batch_->segments[index];
    if (!segment_wants(int(index), s)) continue;
    const auto [first, positions] = rows_of_segment(*batch_, segment, s);
    if (positions.empty()) continue;
    for (int watch : segment.taps->at(stack_, layer_, s)) visit(int(index), watch, t.slice(0, first, first + int64_t(positions.size())), positions);
  }
}

void Exec::show_value(Site s, const Tensor& t) {
  each_watch(s, t, [&](int segment, int watch, const Tensor& rows, const std::vector<int64_t>& positions) {
    capture(s, segment, watch, rows, positions, false);
  });
}

void Exec::show_gradient(Site s, const Tensor& t) {
  if (!tape_) return;
  each_watch(s, t, [&](int segment, int watch, const Tensor& rows, const std::vector<int64_t>& positions) {
    capture_gradient(s, segment, watch, rows, positions, false);
  });
}

bool Exec::edit_row(Site s, int index, int64_t position, Tensor& t) {
  const Segment& segment = batch_->segments[size_t(index)];
  if (!segment_wants(index, s)) return false;
  bool any = false;
  for (int i : segment.taps->at(stack_, layer_, s)) {
    Watch watch = segment.taps->watches()[size_t(i)];
    if (watch.edits.empty()) continue;
    if (watch.select.positions.empty())  // values of several positions are in the order of the segment's rows
      watch.select.positions = rows_of_segment(*batch_, segment, s).second;
    apply(watch, t, 0, {position}, false);
    any = true;
  }
  return any;
}

void Exec::tap_segment(Site s, int index, Tensor& t) {
  const Segment& segment = batch_->segments[size_t(index)];
  if (!segment_wants(index, s)) return;
  std::vector<int64_t> positions;
  for (int row = 0; row < segment.rows; ++row) positions.push_back(segment.first_position + row);
  for (int watch : segment.taps->at(stack_, layer_, s))
    apply(segment.taps->watches()[size_t(watch)], t, 0, positions, true);
  for (int watch : segment.taps->at(stack_, layer_, s)) {
    if (!streams(segment, segment.taps->watches()[size_t(watch)])) capture(s, index, watch, t, positions, true);
    capture_gradient(s, index, watch, t, positions, true);
  }
}

void Exec::apply(const Watch& watch, Tensor& t, int64_t first_row, const std::vector<int64_t>& positions, bool per_head_first) {
  if (watch.edits.empty()) return;
  t = copied(t);
  for (const Edit& edit : watch.edits) {
    if (per_head_first)
      edit_heads_first(*this, t, positions, watch.select, edit);
    else
      edit_rows_first(*this, t, first_row, positions, watch.select, edit);
  }
}

Captured Exec::captured_at(Site s, int segment, int watch, std::vector<int64_t> positions) const {
  const int16_t layer = layer_ + 1 == int(masks_[size_t(stack_)].size()) ? kAllLayers : int16_t(layer_);
  return {segment, watch, Address{uint8_t(stack_), layer, s}, std::move(positions), {}, {}};
}

void Exec::capture(Site s, int segment, int watch_index, Tensor view, const std::vector<int64_t>& positions, bool per_head_first) {
  const Watch& watch = batch_->segments[size_t(segment)].taps->watches()[size_t(watch_index)];
  if (!watch.capture || !sink_) return;
  Captured captured = captured_at(s, segment, watch_index, positions);
  if (!select_and_reduce(*this, view, per_head_first, watch, captured)) return;
  sink_(std::move(captured));
}

/// The step stands behind all that reads t, so that its gradient is complete when it runs.
void Exec::capture_gradient(Site s, int segment, int watch_index, Tensor view, const std::vector<int64_t>& positions, bool per_head_first) {
  const Watch& watch = batch_->segments[size_t(segment)].taps->watches()[size_t(watch_index)];
  if (!tape_ || !watch.grad || !sink_) return;
  Captured captured = captured_at(s, segment, watch_index, positions);
  captured.gradient = true;
  tape_->push([this, view, per_head_first, &watch, captured](Tape& tape) mutable {
    Tensor d = tape.reached(view);
    if (!d.defined()) tape.kernels().fill(d = backend_.alloc(view.shape(), DType::f32), 0);
    if (select_and_reduce(*this, d, per_head_first, watch, captured)) sink_(std::move(captured));
  });
}

bool Exec::streams(const Segment& segment, const Watch& watch) const noexcept {
  if (watch.at.site != Site::attn_probs || !watch.edits.empty() || !watch.select.channels.empty() || (tape_ && watch.grad)) return false;
  const auto* top = std::get_if<TopK>(&watch.reduce);
  if (!std::holds_alternative<RowSummary>(watch.reduce) && !(top && top->k >= 1 && top->k <= kMaxRowTop)) return false;
  for (Site s : {Site::attn_scores, Site::attn_probs})
    for (int other : segment.taps->at(stack_, layer_, s))
      if (!segment.taps->watches()[size_t(other)].edits.empty()) return false;
  return true;
}

template <class Visit>
void Exec::each_streamed(const Segment& segment, Visit&& visit) const {
  if (!wants(Site::attn_probs) || !segment.taps) return;
  for (int watch : segment.taps->at(stack_, layer_, Site::attn_probs))
    if (streams(segment, segment.taps->watches()[size_t(watch)])) visit(watch);
}

bool Exec::wants_row_summary() const noexcept {
  bool wanted = false;
  for (const Segment& segment : batch_->segments)
    each_streamed(segment, [&](int watch) { wanted |= std::holds_alternative<RowSummary>(segment.taps->watches()[size_t(watch)].reduce); });
  return wanted;
}

int Exec::wants_row_top() const noexcept {
  int longest = 0;
  for (const Segment& segment : batch_->segments)
    each_streamed(segment, [&](int watch) {
      if (const auto* top = std::get_if<TopK>(&segment.taps->watches()[size_t(watch)].reduce)) longest = std::max(longest, top->k);
    });
  return longest;
}

bool Exec::wants_open_attention(int index) const noexcept {
  if (segment_wants(index, Site::attn_scores)) return true;
  if (!segment_wants(index, Site::attn_probs)) return false;
  const Segment& segment = batch_->segments[size_t(index)];
  size_t streamed = 0;
  each_streamed(segment, [&](int) { ++streamed; });
  return streamed < segment.taps->at(stack_, layer_, Site::attn_probs).size();
}

void Exec::tap_rows(const RowStatistics& rows) {
  for (size_t index = 0; index < batch_->segments.size(); ++index)
    each_streamed(batch_->segments[index], [&](int watch) { capture_rows(rows, int(index), watch); });
}

/// Parts [rows, heads] side by side: [heads, rows, parts].
static Tensor heads_first(Exec& ex, std::initializer_list<Tensor> parts) {
  const int64_t rows = parts.begin()->size(0), heads = parts.begin()->size(1);
  Tensor out = ex.alloc({heads, rows, int64_t(parts.size())});
  int64_t at = 0;
  for (const Tensor& part : parts) {  // copied along the rows: [heads, 1, rows]
    const Tensor turned = part.reshape({rows, heads, 1}).swap_axes(0, 1).swap_axes(1, 2);
    ex.backend().copy(turned, out.slice(2, at, at + 1).swap_axes(1, 2));
    ++at;
  }
  return out;
}

void Exec::capture_rows(const RowStatistics& rows, int index, int watch_index) {
  if (!sink_) return;
  const Segment& segment = batch_->segments[size_t(index)];
  const Watch& watch = segment.taps->watches()[size_t(watch_index)];
  const auto part = [&](const Tensor& t) { return t.slice(0, segment.first_row, segment.first_row + segment.rows); };
  std::vector<int64_t> positions;
  for (int row = 0; row < segment.rows; ++row) positions.push_back(segment.first_position + row);
  Captured captured = captured_at(Site::attn_probs, index, watch_index, positions);
  if (const auto* top = std::get_if<TopK>(&watch.reduce)) {
    captured.values = selected(*this, part(rows.top_values).slice(2, 0, top->k).swap_axes(0, 1), true, watch, captured);
    captured.positions = positions;  // the same rows of the ids
    captured.ids = selected(*this, part(rows.top_ids).slice(2, 0, top->k).swap_axes(0, 1), true, watch, captured);
  } else {
    const Tensor all = heads_first(*this, {part(rows.max_prob), part(rows.entropy), part(rows.lse)});
    captured.values = selected(*this, all, true, watch, captured);
  }
  if (captured.values.defined()) sink_(std::move(captured));
}

}  // namespace vitrine
