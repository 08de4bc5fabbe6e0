// SPDX-License-Identifier: Apache-2.0
#include "engine/model/encoder_decoder.h"

#include "engine/core/text.h"

namespace vitrine {

ModelSpec encoder_spec(const ModelSpec& whole) {
  ModelSpec spec = whole;
  spec.stacks = {whole.stacks[size_t(kEncoderStack)]};
  spec.head = spec.head_transform = false;
  if (spec.encoder_vocab) spec.vocab = spec.encoder_vocab;
  return spec;
}

EncoderDecoderModel::EncoderDecoderModel(ModelSpec spec, WeightLoader& weights, std::shared_ptr<Backend> backend)
    : decoder_(spec, weights, backend),
      encoder_(encoder_spec(spec), weights, backend, {kEncoderStack, "encoder.", spec.encoder_vocab == 0, decoder_.embedding()}),
      sites_{{decoder_.sites().stacks[0], encoder_.sites().stacks[size_t(kEncoderStack)]}} {}

Output EncoderDecoderModel::encode(Exec& ex, const Batch& batch) const {
  Batch sources = batch;
  for (Segment& segment : sources.segments) segment.state = nullptr;
  const Output out = encoder_.forward(ex, sources);
  ex.begin(sources, sites_);
  decoder_.keep_source(ex, out.hidden, batch);
  return out;
}

Output Model::encode(Exec&, const Batch&) const {
  throw Error(ErrorKind::unsupported, cat(spec().name, " has no encoder"), "open an encoder-decoder such as T5 or BART");
}

/// Where the rows of a batch of sources are written.
static nn::AttentionPlace rows_of_sources(Exec& ex, const Batch& batch) {
  std::vector<int32_t> seq_of_row, index_of_row;
  for (size_t s = 0; s < batch.segments.size(); ++s)
    for (int row = 0; row < batch.segments[s].rows; ++row) {
      seq_of_row.push_back(int32_t(s));
      index_of_row.push_back(row);
    }
  nn::AttentionPlace place;
  place.seq_of_row = ex.upload_i32(seq_of_row);
  place.index_of_row = ex.upload_i32(index_of_row);
  return place;
}

void DecoderModel::keep_source(Exec& ex, const Tensor& hidden, const Batch& batch) const {
  std::vector<std::shared_ptr<SeqState>> sources;
  std::vector<SeqState*> states;
  std::vector<int64_t> lengths;
  for (const Segment& segment : batch.segments) {
    VT_CHECK(segment.state, "a source is encoded for a sequence, and there is none");
    sources.push_back(std::make_shared<SeqState>(segment.state->pool().source_pool()));
    sources.back()->reserve(segment.rows);
    states.push_back(sources.back().get());
    lengths.push_back(segment.rows);
  }
  const SequenceTable table = sequence_table(states, lengths);
  const nn::AttentionPlace place = rows_of_sources(ex, batch);
  for (size_t i = 0; i < blocks_.size(); ++i) {
    const LayerSpec& layer = spec_.layers()[i];
    if (!layer.cross) continue;
    ex.enter_layer(place_.stack, int(i));
    const Linear* const parts[] = {&blocks_[i].cross.k, &blocks_[i].cross.v};
    const std::vector<Tensor> both = nn::linears(ex, hidden, parts);
    Tensor k = both[0].reshape({hidden.size(0), layer.kv_heads, layer.head_dim}), v = both[1].reshape(k.shape());
    ex.tap(Site::cross_k, k);
    ex.tap(Site::cross_v, v);
    for (size_t s = 0; ex.tape() && s < sources.size(); ++s) {
      const int64_t from = batch.segments[s].first_row, to = from + lengths[s];
      sources[s]->keep_written(int(i), {k.slice(0, from, to), v.slice(0, from, to)});
    }
    ex.backend().kv_write({k, v, sources[0]->pool().view(int(i), table), place.seq_of_row, place.index_of_row});
  }
  for (size_t s = 0; s < sources.size(); ++s) {
    sources[s]->commit(lengths[s]);
    batch.segments[s].state->set_source(sources[s]);
  }
}

Tensor DecoderModel::cross_attention(Exec& ex, const Tensor& h, const Batch& batch, DecoderStep& step, int index) const {
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  nn::AttentionRule rule{.heads = layer.heads, .kv_heads = layer.kv_heads, .head_dim = layer.head_dim};
  rule.score = cross_score_rule(layer);
  step.source.k.clear();
  step.source.v.clear();
  step.source.kv = step.pool->source_pool()->view(index, step.source_table);
  if (ex.tape())
    for (const SeqState* state : step.states) {
      const SeqState::Written& rows = state->source()->written(index);
      step.source.k.push_back(rows.k);
      step.source.v.push_back(rows.v);
    }
  nn::AttentionKept kept;
  Tensor out = nn::cross_attention(ex, h, batch, blocks_[size_t(index)].cross, rule, step.place, step.source, step.keep ? &kept : nullptr);
  if (step.keep) keep_queries(kept, batch, step, cross_slot(spec_.layers(), index));
  return out;
}

}  // namespace vitrine
