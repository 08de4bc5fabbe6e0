// SPDX-License-Identifier: Apache-2.0
// What one forward pass shares between layers: positions, cache slots and rotary tables, made once a step.
#pragma once

#include <memory>
#include <vector>

#include "engine/model/model.h"
#include "engine/nn/state_ops.h"

namespace vitrine {

/// The tables of one rotary scheme for the rows of a step.
struct Rotation {
  Tensor cos, sin;                                   // [rows, rotary_dim / 2]; undefined: no rotary embedding
  Tensor query_factors;                              // [rows]; undefined: queries are not scaled by position
};

struct DecoderStep {
  nn::AttentionPlace place;
  std::vector<SeqState*> states;                     // per segment
  std::vector<std::unique_ptr<SeqState>> temporary;  // of segments that keep nothing
  std::shared_ptr<KvPool> pool;
  SequenceTable table, source_table;
  std::vector<Rotation> rotations;                   // per ModelSpec::ropes
  bool keep = false;                                 // some sequence keeps its queries
  nn::StatePlace carried;                            // the states of the current layer
  nn::SourcePlace source;                            // where layers with cross-attention look
  Tensor embedding;                                  // [rows, dim], for layers that look back at it

  DecoderStep(Exec& ex, const Batch& batch, const Model& model);

  /// The states of a layer, with room for what they become in this step; and keeping what became of them.
  void open_states(Exec& ex, const Batch& batch, int layer);
  void close_states(int layer);

 private:
  void find_states(const Batch& batch, const Model& model);
  void check_beginnings() const;
  void place_rows(Exec& ex, const Batch& batch);
  void place_sources();
  void make_rotations(Exec& ex, const Batch& batch, const ModelSpec& spec);
};

}  // namespace vitrine
