// SPDX-License-Identifier: Apache-2.0
#include "engine/model/decoder_step.h"

#include <cmath>

#include "engine/core/text.h"
#include "engine/model/rope.h"

namespace vitrine {

DecoderStep::DecoderStep(Exec& ex, const Batch& batch, const Model& model) {
  find_states(batch, model);
  if (ex.tape()) check_beginnings();
  place_rows(ex, batch);
  if (pool->source_pool()) place_sources();
  make_rotations(ex, batch, model.spec());
}

void DecoderStep::find_states(const Batch& batch, const Model& model) {
  for (const Segment& segment : batch.segments) {
    SeqState* state = segment.state;
    if (!state) {
      if (!pool) pool = model.make_pool(DType::f32);
      temporary.push_back(std::make_unique<SeqState>(pool));
      state = temporary.back().get();
    }
    if (state->kept()) keep = true;
    states.push_back(state);
  }
  for (SeqState* state : states) VT_CHECK(&state->pool() == &states[0]->pool(), "sequences of different pools in one step");
  if (!pool) pool = std::shared_ptr<KvPool>(std::shared_ptr<void>(), &states[0]->pool());
}

/// What an earlier step cached has left no way back.
void DecoderStep::check_beginnings() const {
  for (const SeqState* state : states)
    if (state->length() > 0)
      throw Error(ErrorKind::input, cat("gradients of a sequence of which ", state->length(), " tokens were run before"), "run it as a whole");
}

void DecoderStep::place_rows(Exec& ex, const Batch& batch) {
  std::vector<int64_t> rows;
  std::vector<int32_t> seq_of_row(size_t(batch.rows())), index_of_row(size_t(batch.rows()));
  for (size_t s = 0; s < batch.segments.size(); ++s) {
    const Segment& segment = batch.segments[s];
    states[s]->reserve(segment.rows);
    rows.push_back(segment.rows);
    place.first_index.push_back(states[s]->length());
    for (int row = 0; row < segment.rows; ++row) {
      seq_of_row[size_t(segment.first_row + row)] = int32_t(s);
      index_of_row[size_t(segment.first_row + row)] = int32_t(states[s]->length() + row);
    }
  }
  table = sequence_table(states, rows);
  place.seq_of_row = ex.upload_i32(seq_of_row);
  place.index_of_row = ex.upload_i32(index_of_row);
}

void DecoderStep::place_sources() {
  std::vector<SeqState*> sources;
  for (const SeqState* state : states) {
    if (!state->source()) throw Error(ErrorKind::input, "this model answers to a source text, and none was encoded", "encode the source first");
    sources.push_back(state->source());
    source.keys.push_back(sources.back()->length());
  }
  source_table = sequence_table(sources, std::vector<int64_t>(sources.size(), 0));
}

void DecoderStep::open_states(Exec& ex, const Batch& batch, int layer) {
  carried = {};
  for (const Segment& segment : batch.segments) carried.left_padding.push_back(segment.left_padding);
  if (!states[0]->recurrent()) return;
  const std::vector<Shape>& shapes = states[0]->recurrent()->shapes(layer);
  for (size_t slot = 0; slot < shapes.size(); ++slot) {
    std::vector<StateRun>& runs = carried.slots.emplace_back();
    for (size_t s = 0; s < batch.segments.size(); ++s)
      runs.push_back({batch.segments[s].first_row, batch.segments[s].rows, states[s]->recurrent()->at(layer, int(slot)), ex.alloc(shapes[slot])});
  }
}

void DecoderStep::close_states(int layer) {
  for (size_t slot = 0; slot < carried.slots.size(); ++slot)
    for (size_t s = 0; s < states.size(); ++s) states[s]->recurrent()->write(layer, int(slot), carried.slots[slot][s].after);
  carried = {};
}

/// Llama 4's temperature: 1 + beta log(1 + floor(position / trained context)).
static std::vector<float> query_factors(const RopeSpec& rope, const std::vector<int32_t>& positions) {
  std::vector<float> factors;
  for (int32_t position : positions)
    factors.push_back(1 + float(rope.query_beta) * std::log(1 + std::floor(float(position) / float(rope.original_context))));
  return factors;
}

void DecoderStep::make_rotations(Exec& ex, const Batch& batch, const ModelSpec& spec) {
  if (spec.ropes.empty()) return;
  std::vector<int32_t> positions(size_t(batch.rows()));
  for (const Segment& segment : batch.segments)
    for (int row = 0; row < segment.rows; ++row) positions[size_t(segment.first_row + row)] = int32_t(segment.first_position + row);
  const Tensor position_tensor = ex.upload_i32(positions);
  for (const RopeSpec& rope : spec.ropes) {
    const int64_t half = rope.rotary_dim / 2;
    Rotation rotation{ex.alloc({batch.rows(), half}), ex.alloc({batch.rows(), half}), {}};
    const auto fill = [&](int64_t length, int64_t from, int64_t to) {
      const RopeFrequencies f = rope_frequencies(rope, length);
      ex.backend().rope_table({.positions = position_tensor.slice(0, from, to), .inv_freq = ex.upload_f32(f.inv_freq, {1, half}),
                               .cos = rotation.cos.slice(0, from, to), .sin = rotation.sin.slice(0, from, to), .magnitude = f.magnitude});
    };
    if (!rope_depends_on_length(rope)) fill(0, 0, batch.rows());
    for (const Segment& s : batch.segments)
      if (rope_depends_on_length(rope)) fill(batch.frequency_length ? batch.frequency_length : s.first_position + s.rows, s.first_row, s.first_row + s.rows);
    if (rope.query_beta != 0) rotation.query_factors = ex.upload_f32(query_factors(rope, positions), {batch.rows()});
    rotations.push_back(std::move(rotation));
  }
}

}  // namespace vitrine
