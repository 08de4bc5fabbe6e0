// SPDX-License-Identifier: Apache-2.0
// Forward pass of the transformer stack. Reading order: forward, embed, layer_pre / layer_post, attention, finish.
#include "engine/model/decoder_model.h"

#include <algorithm>
#include <numeric>

#include "engine/core/text.h"
#include "engine/model/rope.h"

namespace vitrine {

/// Positions, cache slots and rotary tables: made once a step, used by every layer.
struct DecoderModel::Step {
  nn::AttentionPlace place;
  std::vector<SeqState*> states;                     // per segment
  std::vector<std::unique_ptr<SeqState>> temporary;  // of segments that keep nothing
  std::shared_ptr<KvPool> pool;
  SequenceTable table;
  std::vector<Tensor> cos, sin;                      // per rotary scheme
  bool keep = false;

  Step(Exec& ex, const Batch& batch, const Model& model);

 private:
  void find_states(const Batch& batch, const Model& model);
  void place_rows(Exec& ex, const Batch& batch);
  void make_rotations(Exec& ex, const Batch& batch, const ModelSpec& spec);
};

DecoderModel::Step::Step(Exec& ex, const Batch& batch, const Model& model) {
  find_states(batch, model);
  place_rows(ex, batch);
  make_rotations(ex, batch, model.spec());
}

void DecoderModel::Step::find_states(const Batch& batch, const Model& model) {
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

void DecoderModel::Step::place_rows(Exec& ex, const Batch& batch) {
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

void DecoderModel::Step::make_rotations(Exec& ex, const Batch& batch, const ModelSpec& spec) {
  if (spec.ropes.empty()) return;
  std::vector<int32_t> positions(size_t(batch.rows())), table_of_row(size_t(batch.rows()));
  for (size_t s = 0; s < batch.segments.size(); ++s)
    for (int row = 0; row < batch.segments[s].rows; ++row) {
      positions[size_t(batch.segments[s].first_row + row)] = int32_t(batch.segments[s].first_position + row);
      table_of_row[size_t(batch.segments[s].first_row + row)] = int32_t(s);
    }
  const Tensor position_tensor = ex.upload_i32(positions), tables = ex.upload_i32(table_of_row);
  for (const RopeSpec& rope : spec.ropes) {
    const bool by_length = rope_depends_on_length(rope);
    std::vector<float> inv_freq;
    float magnitude = 1;
    for (const Segment& segment : batch.segments) {
      const RopeFrequencies f = rope_frequencies(rope, segment.first_position + segment.rows);
      magnitude = f.magnitude;
      inv_freq.insert(inv_freq.end(), f.inv_freq.begin(), f.inv_freq.end());
      if (!by_length) break;
    }
    const int64_t half = rope.rotary_dim / 2;
    RopeTableArgs args{.positions = position_tensor, .inv_freq = ex.upload_f32(inv_freq, {int64_t(inv_freq.size()) / half, half}),
                       .cos = ex.alloc({batch.rows(), half}), .sin = ex.alloc({batch.rows(), half}), .magnitude = magnitude};
    if (by_length) args.table_of_row = tables;
    ex.backend().rope_table(args);
    cos.push_back(args.cos);
    sin.push_back(args.sin);
  }
}

DecoderModel::DecoderModel(ModelSpec spec, WeightLoader& weights, std::shared_ptr<Backend> backend)
    : spec_(std::move(spec)), backend_(std::move(backend)) {
  embed_ = weights.matrix("embed.w", {spec_.vocab, spec_.dim});
  if (spec_.learned_positions) positions_ = weights.matrix("positions.w", {spec_.learned_positions, spec_.dim});
  if (spec_.token_types) token_types_ = weights.matrix("token_types.w", {spec_.token_types, spec_.dim});
  const bool layer_norm = spec_.norm == NormKind::layer;
  if (spec_.embed_norm) embed_norm_ = weights.norm("embed_norm", spec_.dim, true, true);
  for (size_t layer = 0; layer < spec_.layers().size(); ++layer) blocks_.push_back(load_block(weights, int(layer)));
  if (spec_.final_norm) final_norm_ = weights.norm("final_norm", spec_.dim, false, layer_norm);
  if (spec_.pooler_dim) pooler_ = weights.linear("pooler", spec_.pooler_dim, spec_.dim, true);
  if (spec_.head_transform) {
    head_dense_ = weights.linear("head_dense", spec_.dim, spec_.dim, true);
    head_norm_ = weights.norm("head_norm", spec_.dim, true, true);
  }
  if (spec_.head) {
    if (!spec_.tied_head && !weights.has("head.w")) spec_.tied_head = true;  // many checkpoints leave a tied head out without saying so
    head_.w = spec_.tied_head ? embed_ : weights.matrix("head.w", {spec_.vocab, spec_.dim});
    head_.b = weights.vector("head.b", spec_.vocab, spec_.head_transform);
  }
  weights.finish();
  names_ = weights.used();
  sites_ = catalog();
}

DecoderModel::Block DecoderModel::load_block(WeightLoader& weights, int index) const {
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  const std::string prefix = cat("layers.", index, ".");
  const bool layer_norm = spec_.norm == NormKind::layer;
  const int64_t q = int64_t(layer.heads) * layer.head_dim, kv = int64_t(layer.kv_heads) * layer.head_dim;
  Block block;
  block.norm1 = weights.norm(prefix + "norm1", spec_.dim, layer_norm && layer.qkv_bias, layer_norm);
  block.attn.q = weights.linear(prefix + "attn.q", q, spec_.dim, layer.qkv_bias);
  block.attn.k = weights.linear(prefix + "attn.k", kv, spec_.dim, layer.qkv_bias);
  block.attn.v = weights.linear(prefix + "attn.v", kv, spec_.dim, layer.qkv_bias);
  block.attn.o = weights.linear(prefix + "attn.o", spec_.dim, q, layer.o_bias);
  if (layer.qk_norm) {
    block.attn.q_norm = weights.norm(prefix + "attn.q_norm", layer.head_dim, false, false);
    block.attn.k_norm = weights.norm(prefix + "attn.k_norm", layer.head_dim, false, false);
  }
  block.norm2 = weights.norm(prefix + "norm2", spec_.dim, layer_norm && layer.ffn_bias, layer_norm);
  if (layer.ffn == Ffn::glu) block.ffn.gate = weights.linear(prefix + "mlp.gate", layer.hidden, spec_.dim, layer.ffn_bias);
  block.ffn.up = weights.linear(prefix + "mlp.up", layer.hidden, spec_.dim, layer.ffn_bias);
  block.ffn.down = weights.linear(prefix + "mlp.down", spec_.dim, layer.hidden, layer.ffn_bias);
  if (layer.placement == NormPlacement::sandwich) {
    block.post_attn = weights.norm(prefix + "post_attn_norm", spec_.dim, false, false);
    block.post_mlp = weights.norm(prefix + "post_mlp_norm", spec_.dim, false, false);
  }
  return block;
}

SiteCatalog DecoderModel::catalog() const {
  SiteCatalog catalog;
  std::vector<SiteMask>& layers = catalog.stacks.emplace_back();
  for (const LayerSpec& layer : spec_.layers()) {
    SiteMask& mask = layers.emplace_back();
    for (Site s : {Site::resid_pre, Site::attn_norm_scale, Site::attn_in, Site::q_pre, Site::k_pre, Site::q, Site::k, Site::v, Site::attn_scores,
                   Site::attn_probs, Site::head_out, Site::attn_out, Site::resid_mid, Site::mlp_norm_scale, Site::mlp_in, Site::mlp_gate,
                   Site::mlp_act, Site::mlp_out, Site::resid_post})
      mask.set(s);
    if (layer.ffn == Ffn::glu) mask.set(Site::mlp_up);
  }
  SiteMask& outside = layers.emplace_back();
  outside.set(Site::embed);
  if (spec_.final_norm) outside.set(Site::final_norm), outside.set(Site::final_norm_scale);
  if (spec_.head) outside.set(Site::logits);
  return catalog;
}

Tensor DecoderModel::embed(Exec& ex, const Batch& batch) const {
  Tensor x = nn::embed(ex, embed_, ex.upload_i32(batch.ids), spec_.embed_scale);  // [rows, dim]
  if (token_types_.defined()) {
    std::vector<int32_t> types = batch.token_types;
    types.resize(batch.ids.size(), 0);
    x = nn::add(ex, x, nn::embed(ex, token_types_, ex.upload_i32(types)));
  }
  if (positions_.defined()) {
    std::vector<int32_t> positions;
    for (const Segment& segment : batch.segments)
      for (int row = 0; row < segment.rows; ++row) {
        const int64_t position = segment.first_position + row;
        if (position >= spec_.learned_positions)
          throw Error(ErrorKind::input, cat("position ", position, " is beyond the ", spec_.learned_positions, " positions this model has"),
                      "shorten the text");
        positions.push_back(int32_t(position));
      }
    x = nn::add(ex, x, nn::embed(ex, positions_, ex.upload_i32(positions)));
  }
  if (spec_.embed_norm) x = nn::norm(ex, x, embed_norm_, norm_rule());
  ex.tap(Site::embed, x);
  return x;
}

Tensor DecoderModel::attention(Exec& ex, const Tensor& h, const Batch& batch, Step& step, int index) const {
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  nn::AttentionRule rule{.heads = layer.heads, .kv_heads = layer.kv_heads, .head_dim = layer.head_dim, .qk_norm = layer.qk_norm,
                         .qk_norm_eps = spec_.norm_eps};
  rule.score.scale = layer.score_scale;
  rule.score.softcap = layer.score_softcap;
  rule.score.mask = {spec_.stacks[0].causal ? MaskRule::Kind::causal : MaskRule::Kind::bidirectional, layer.window};
  if (layer.rope >= 0) {
    rule.cos = step.cos[size_t(layer.rope)];
    rule.sin = step.sin[size_t(layer.rope)];
    rule.interleaved = spec_.ropes[size_t(layer.rope)].interleaved;
  }
  step.place.kv = step.pool->view(index, step.table.block_table, step.table.lengths);
  nn::AttentionKept kept;
  Tensor out = nn::attention(ex, h, batch, blocks_[size_t(index)].attn, rule, step.place, step.keep ? &kept : nullptr);
  for (size_t s = 0; step.keep && s < batch.segments.size(); ++s)
    if (KeptQueries* queries = step.states[s]->kept())
      queries->write(index, step.place.first_index[s], kept.q, kept.lse, batch.segments[s].first_row, batch.segments[s].rows);
  return out;
}

Tensor DecoderModel::layer_pre(Exec& ex, Tensor x, const Batch& batch, Step& step, int index) const {
  const Block& block = blocks_[size_t(index)];
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  const bool sandwich = layer.placement == NormPlacement::sandwich;
  ex.tap(Site::resid_pre, x);
  Tensor h = nn::norm(ex, x, block.norm1, norm_rule(), Site::attn_norm_scale);
  ex.tap(Site::attn_in, h);
  Tensor a = attention(ex, h, batch, step, index);                     // [rows, dim]
  if (sandwich) a = nn::norm(ex, a, block.post_attn, norm_rule());
  ex.tap(Site::attn_out, a);
  x = nn::add(ex, x, a);
  ex.tap(Site::resid_mid, x);
  h = nn::norm(ex, x, block.norm2, norm_rule(), Site::mlp_norm_scale);
  ex.tap(Site::mlp_in, h);
  Tensor f = nn::feed_forward(ex, h, block.ffn, layer.activation);
  if (sandwich) f = nn::norm(ex, f, block.post_mlp, norm_rule());
  ex.tap(Site::mlp_out, f);
  x = nn::add(ex, x, f);
  ex.tap(Site::resid_post, x);
  return x;
}

Tensor DecoderModel::layer_post(Exec& ex, Tensor x, const Batch& batch, Step& step, int index) const {
  const Block& block = blocks_[size_t(index)];
  ex.tap(Site::resid_pre, x);
  Tensor in = x;
  ex.tap(Site::attn_in, in);
  Tensor a = attention(ex, in, batch, step, index);
  ex.tap(Site::attn_out, a);
  x = nn::norm(ex, nn::add(ex, x, a), block.norm1, norm_rule(), Site::attn_norm_scale);
  ex.tap(Site::resid_mid, x);
  in = x;
  ex.tap(Site::mlp_in, in);
  Tensor f = nn::feed_forward(ex, in, block.ffn, spec_.layers()[size_t(index)].activation);
  ex.tap(Site::mlp_out, f);
  x = nn::norm(ex, nn::add(ex, x, f), block.norm2, norm_rule(), Site::mlp_norm_scale);
  ex.tap(Site::resid_post, x);
  return x;
}

static Tensor pick_rows(Exec& ex, const Tensor& x, const std::vector<int32_t>& rows) {
  if (int64_t(rows.size()) == x.size(0)) return x;
  return nn::embed(ex, x, ex.upload_i32(rows));
}

Tensor DecoderModel::logits(Exec& ex, const Tensor& normed) const {
  Tensor h = normed;
  if (spec_.head_transform) {
    h = nn::linear(ex, h, head_dense_);
    ex.backend().activate(h, spec_.head_activation, h);
    h = nn::norm(ex, h, head_norm_, norm_rule());
  }
  Tensor out = nn::linear(ex, h, head_);                               // [n, vocab]
  if (spec_.logit_scale != 1) ex.backend().scale(out, spec_.logit_scale, out);
  if (spec_.logit_softcap > 0) ex.backend().softcap(out, spec_.logit_softcap, out);
  return out;
}

Output DecoderModel::finish(Exec& ex, Tensor x, const Batch& batch) const {
  Output out;
  ex.leave_layers(0);
  // Without a watch on the final norm only the rows that are asked for are normed.
  const bool all_rows = ex.wants(Site::final_norm) || ex.wants(Site::final_norm_scale) || batch.logit_rows.empty() || !spec_.head;
  if (!all_rows) x = pick_rows(ex, x, batch.logit_rows);
  if (spec_.final_norm) {
    x = nn::norm(ex, x, final_norm_, norm_rule(), Site::final_norm_scale);
    ex.tap(Site::final_norm, x);
  }
  out.hidden = x;
  if (spec_.pooler_dim) {
    std::vector<int32_t> first;
    for (const Segment& segment : batch.segments) first.push_back(segment.first_row);
    out.pooled = nn::linear(ex, pick_rows(ex, x, first), pooler_);
    ex.backend().activate(out.pooled, Activation::tanh, out.pooled);
  }
  if (!spec_.head || batch.logit_rows.empty()) return out;
  out.normed = all_rows ? pick_rows(ex, x, batch.logit_rows) : x;
  out.logits = logits(ex, out.normed);
  ex.tap(Site::logits, out.logits);
  return out;
}

Output DecoderModel::forward(Exec& ex, const Batch& batch) const {
  for (int32_t id : batch.ids)
    if (id < 0 || id >= spec_.vocab)
      throw Error(ErrorKind::input, cat("token id ", id, " is outside the vocabulary of ", spec_.vocab), "use the tokenizer of this model");
  ex.begin(batch, sites_);
  ex.leave_layers(0);
  Step step(ex, batch, *this);
  Tensor x = embed(ex, batch);                                         // [rows, dim]
  for (size_t layer = 0; layer < blocks_.size(); ++layer) {
    ex.enter_layer(0, int(layer));
    x = spec_.layers()[layer].placement == NormPlacement::post ? layer_post(ex, std::move(x), batch, step, int(layer))
                                                              : layer_pre(ex, std::move(x), batch, step, int(layer));
  }
  if (batch.hidden_only) return {x, {}, {}, {}};
  return finish(ex, std::move(x), batch);
}

std::shared_ptr<const Model> load_model(const WeightSource& source, std::shared_ptr<Backend> backend, ProgressFn progress) {
  const Architecture& architecture = match_architecture(source);
  ModelSpec spec = read_spec(architecture, source);
  WeightLoader weights(architecture, spec, source, *backend, std::move(progress));
  return std::make_shared<DecoderModel>(spec, weights, std::move(backend));
}

}  // namespace vitrine
