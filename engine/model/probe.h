// SPDX-License-Identifier: Apache-2.0
// Running tokens through a model outside the engine's lanes: whole sequences at once or step by step, with watches collected on the host.
// Used by the command line (verify, trace, perplexity, bench) and by tests.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/model/model.h"

namespace vitrine {

/// One sequence of a batch run without a cache.
struct ProbeSequence {
  std::vector<int32_t> ids;
  std::vector<int32_t> token_types = {};
  std::vector<int32_t> source = {};  // encoder-decoders: the text that is answered to
  int64_t first_position = 0;
  int left_padding = 0;              // see Segment
};

struct ProbeHit {
  int segment = 0, watch = 0;        // watch: index in what was watched
  Address at;
  std::vector<int64_t> positions;
  Shape shape;
  std::vector<float> values;
  std::vector<int32_t> ids;
  bool gradient = false;             // of the loss by what stood there
};
ProbeHit to_hit(Backend& backend, const Captured& captured);

/// Sequences side by side in one step, and the sources they answer to. The plan must outlive it.
struct ProbeBatch {
  ProbeBatch(const Model& model, std::span<const ProbeSequence> sequences, const TapPlan* plan);

  Batch batch, sources;
  std::vector<std::unique_ptr<SeqState>> states;  // kept where layers carry states, to be shown, and where there is a source
};

struct ProbeResult {
  std::vector<ProbeHit> hits;
  /// [rows, vocab] of all rows, in order of the sequences; empty when the model has no head or logits were not asked for.
  std::vector<float> logits;
  std::vector<float> hidden;  // [rows, dim]
  std::vector<float> source_hidden;  // [source rows, dim]: what an encoder made of the sources
  std::vector<float> pooled;  // [sequences, pooler dim]
  std::vector<std::vector<std::vector<std::vector<float>>>> states;  // [sequence][layer][slot]: recurrent states after the last token

  /// The first hit of a site, layer, segment and stack; nullptr: none.
  const ProbeHit* find(Site site, int layer, int segment, int stack = 0) const noexcept;
};

/// All sequences in one step, each attending only to itself. frequency_length: see Batch.
ProbeResult run_sequences(const Model& model, std::span<const ProbeSequence> sequences, Precision precision, const std::vector<Watch>& watches = {},
                          bool all_logits = true, int64_t frequency_length = 0);

/// A cached sequence that grows by calls.
class ProbeLane {
 public:
  ProbeLane(std::shared_ptr<const Model> model, Precision precision, DType cache = DType::f32);

  /// Encoder-decoders: the text that is answered to. With the watches, like feed().
  void encode(std::span<const int32_t> source);
  /// Runs ids after what is cached; returns the logits of the last one, or of all.
  std::vector<float> feed(std::span<const int32_t> ids, bool all_logits = false);
  SeqState& state() noexcept { return *state_; }
  std::vector<Watch> watches;
  std::vector<ProbeHit> hits;  // appended by feed() when there are watches

 private:
  std::shared_ptr<const Model> model_;
  Precision precision_;
  std::shared_ptr<KvPool> pool_;
  std::unique_ptr<SeqState> state_;
  std::vector<int32_t> fed_;
};

/// Index of the largest value; the lowest wins ties.
int32_t argmax(std::span<const float> values) noexcept;
/// -log softmax(logits)[id], in double.
double negative_log_likelihood(std::span<const float> logits, int32_t id) noexcept;

}  // namespace vitrine
